package import Foundation
internal import Glibc

/// Writes safetensors: the header's length (u64, little-endian), the header (JSON, made up to a
/// multiple of 8 bytes with spaces), and the values without gaps.
///
/// Source of the format: https://github.com/huggingface/safetensors#format
package enum SafetensorsFile {
    /// A tensor as the header names it.
    package struct Entry: Sendable {
        let name: String
        let dtype: String
        let shape: [Int]
        let byteCount: Int

        /// - Parameter dtype: the format's name of the type, such as `F32`.
        package init(name: String, dtype: String, shape: [Int], byteCount: Int) {
            self.name = name
            self.dtype = dtype
            self.shape = shape
            self.byteCount = byteCount
        }
    }

    /// Length and header, for the values of these tensors to follow in this order.
    package static func head(_ entries: [Entry], metadata: [(String, String)] = []) -> [UInt8] {
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.map { "\(jsonString($0.0)):\(jsonString($0.1))" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var start = 0
        for entry in entries {
            let end = start + entry.byteCount
            members.append(
                """
                \(jsonString(entry.name)):{"dtype":"\(entry.dtype)","shape":\(entry.shape),\
                "data_offsets":[\(start),\(end)]}
                """)
            start = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
        let length = UInt64(header.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header
    }

    /// Writes each tensor with what `values` gives for it: `spec.count` numbers, row-major, float32.
    /// A file that was there is replaced once the new one is whole and on the disk.
    ///
    /// - Throws: `ModelError` with the code `unwritable`, or what `values` throws.
    package static func write(
        _ tensors: [TensorSpec], to file: URL, values: (TensorSpec) throws(ModelError) -> [Float]
    ) throws(ModelError) {
        let unfinished = file.appendingPathExtension("unfinished")
        do {
            try writeWhole(tensors, to: unfinished, values: values)
            guard unsafe rename(unfinished.path, file.path) == 0 else {
                throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
            }
        } catch {
            try? FileManager.default.removeItem(at: unfinished)
            if let error = error as? ModelError { throw error }
            throw ModelError(unwritable: file, error)
        }
    }

    private static func writeWhole(
        _ tensors: [TensorSpec], to file: URL, values: (TensorSpec) throws(ModelError) -> [Float]
    ) throws {
        let entries = tensors.map { tensor in
            let byteCount = tensor.count * MemoryLayout<Float>.stride
            return Entry(
                name: tensor.name, dtype: "F32", shape: tensor.shape, byteCount: byteCount)
        }
        try Data(head(entries)).write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seekToEnd()
        for tensor in tensors {
            let bits = try values(tensor).map(\.bitPattern.littleEndian)
            try handle.write(contentsOf: unsafe bits.withUnsafeBytes { unsafe Data($0) })
        }
        try handle.synchronize()
    }
}

extension ModelError {
    package init(unwritable file: URL, _ error: any Error) {
        self.init(
            .unwritable, file: file.path, found: error.localizedDescription,
            expected: "a file that can be written")
    }
}
