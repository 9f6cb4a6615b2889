import Foundation

@testable import Files
@testable import Model

/// A model.safetensors.
enum SafetensorsTarget {
    static let target = FuzzTarget("safetensors", seeds: seeds) {
        let folder = try ScratchFolder()
        return { try check($0, folder) }
    }

    private static let widths = [
        "BOOL": 1, "U8": 1, "I8": 1, "F8_E5M2": 1, "F8_E4M3": 1, "I16": 2, "U16": 2, "F16": 2,
        "BF16": 2, "I32": 4, "U32": 4, "F32": 4, "F64": 8, "I64": 8, "U64": 8,
    ]

    private static var config: ModelConfig {
        var config = ModelConfig(
            cell: .gru, layers: 1, embeddingSize: 1, hiddenSize: 1, vocabularySize: 2)
        config.heads = .init(next: false, sentiment: true)
        return config
    }

    private static func check(_ bytes: [UInt8], _ folder: ScratchFolder) throws {
        let path = try folder.write(bytes, to: "model.safetensors")
        do {
            try checkHeader(path, bytes.count)
            let specs = config.tensors
            let weights = try SafetensorsWeights(path: path, specs: specs)
            for spec in specs {
                let values = try weights.values(of: spec)
                try requireEqual(values.count, spec.count, "the values of \(spec.name)")
                try require(values.allSatisfy(\.isFinite), "finite values of \(spec.name)")
            }
        } catch let error as ModelError {
            try require(error.description.utf8.count < 1 << 16, "a message of that length")
        }
    }

    /// The tensors cover the data without overlaps or gaps.
    private static func checkHeader(_ path: String, _ size: Int) throws {
        let file = try RegularFile(path: path)
        let header = try SafetensorsHeader.read(from: file)
        var end = 0
        for tensor in header.tensors {
            try requireEqual(tensor.offsets.lowerBound, end, "the beginning of \(tensor.name)")
            end = tensor.offsets.upperBound
            guard let width = widths[tensor.dtype] else { continue }
            let count = tensor.shape.reduce(width, *)
            try requireEqual(tensor.offsets.count, count, "the size of \(tensor.name)")
        }
        try requireEqual(header.dataOffset + end, size, "the end of the data")
        try requireEqual(
            Set(header.tensors.map(\.name)).count, header.tensors.count, "the number of names")
    }

    private static func seeds() throws -> [[UInt8]] {
        let folder = try ScratchFolder()
        let path = folder.path + "/seed.safetensors"
        try SafetensorsFile.write(config.tensors, to: URL(filePath: path)) { spec in
            (0..<spec.count).map { Float($0) / 8 }
        }
        let other =
            #"{"__metadata__":{"format":"pt"},"a":{"dtype":"I64","shape":[],"#
            + #""data_offsets":[0,8]}}"#
        return [
            Array(try Data(contentsOf: URL(filePath: path))),
            [UInt8(other.utf8.count), 0, 0, 0, 0, 0, 0, 0] + other.utf8 + [1, 2, 3, 4, 5, 6, 7, 8],
            [2, 0, 0, 0, 0, 0, 0, 0] + "{}".utf8,
        ]
    }
}
