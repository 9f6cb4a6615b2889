package import Foundation
import Model

/// Writes a network of random weights as a model folder, which daemons of any kind can serve.
package struct RandomModelFolder {
    private let shape: NetworkShape
    private let tokenizer: Data

    /// - Parameter original: the tokenizer.json of a byte-level BPE, to be made as large as the
    ///   shape's vocabulary.
    /// - Throws: `RandomModelError` if it cannot be.
    package init(_ shape: NetworkShape, tokenizerLike original: Data) throws(RandomModelError) {
        var resized = ResizedTokenizer(original)
        guard let tokenizer = resized?.resize(to: shape.vocabularySize) else {
            throw RandomModelError(vocabularySize: shape.vocabularySize)
        }
        self.shape = shape
        self.tokenizer = tokenizer
    }

    /// Makes the folder and its files; existing ones are written over.
    ///
    /// - Throws: `CocoaError`.
    package func write(to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(configuration.utf8).write(to: folder.appending(path: "config.json"))
        try tokenizer.write(to: folder.appending(path: "tokenizer.json"))
        try writeWeights(to: folder.appending(path: "model.safetensors"))
    }

    private var configuration: String {
        """
        {
          "format": "\(ModelConfig.format)",
          "cell": "\(shape.cell.rawValue)",
          "layers": \(shape.layers),
          "embedding_size": \(shape.embeddingSize),
          "hidden_size": \(shape.hiddenSize),
          "vocab_size": \(shape.vocabularySize),
          "tokenizer": "bpe",
          "heads": { "next": true, "sentiment": { "classes": 1 } }
        }

        """
    }

    /// Source of the format: https://github.com/huggingface/safetensors#format
    private func writeWeights(to file: URL) throws {
        let tensors = shape.config.tensors
        var header = Data(header(of: tensors).utf8)
        header.append(Data(repeating: UInt8(ascii: " "), count: -header.count & 7))
        let length = UInt64(header.count)
        try Data((0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }).write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: header)
        let weights = RandomWeights(config: shape.config, seed: 1)
        for tensor in tensors {
            let bits = weights.values(of: tensor).map(\.bitPattern.littleEndian)
            try handle.write(contentsOf: unsafe bits.withUnsafeBytes { unsafe Data($0) })
        }
    }

    private func header(of tensors: [TensorSpec]) -> String {
        var start = 0
        let entries = tensors.map { tensor in
            let end = start + tensor.count * MemoryLayout<Float>.stride
            defer { start = end }
            return """
                "\(tensor.name)":{"dtype":"F32","shape":\(tensor.shape),\
                "data_offsets":[\(start),\(end)]}
                """
        }
        return "{\(entries.joined(separator: ","))}"
    }
}

/// No tokenizer can be made for a shape.
package struct RandomModelError: Error, CustomStringConvertible {
    let vocabularySize: Int

    package var description: String {
        "no tokenizer can be made of \(vocabularySize) tokens; expected 257 or more, and not "
            + "millions"
    }
}
