package import Foundation

/// Writes tensors of float32 as safetensors: the header's length (u64, little-endian), the header
/// (JSON, made up to a multiple of 8 bytes with spaces), and the values without gaps.
///
/// Source of the format: https://github.com/huggingface/safetensors#format
package enum SafetensorsFile {
    /// Writes each tensor with what `values` gives for it: `spec.count` numbers, row-major.
    ///
    /// - Throws: `ModelError` with the code `unwritable`; an unfinished file may be left.
    package static func write(
        _ tensors: [TensorSpec], to file: URL, values: (TensorSpec) throws(ModelError) -> [Float]
    ) throws(ModelError) {
        do {
            try Data(head(tensors)).write(to: file)
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            try handle.seekToEnd()
            for tensor in tensors {
                let bits = try values(tensor).map(\.bitPattern.littleEndian)
                try handle.write(contentsOf: unsafe bits.withUnsafeBytes { unsafe Data($0) })
            }
            try handle.synchronize()
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(unwritable: file, error)
        }
    }

    private static func head(_ tensors: [TensorSpec]) -> [UInt8] {
        var start = 0
        let entries = tensors.map { tensor in
            let end = start + tensor.count * MemoryLayout<Float>.stride
            defer { start = end }
            return """
                "\(tensor.name)":{"dtype":"F32","shape":\(tensor.shape),\
                "data_offsets":[\(start),\(end)]}
                """
        }
        var header = Array("{\(entries.joined(separator: ","))}".utf8)
        while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
        let length = UInt64(header.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header
    }
}

extension ModelError {
    package init(unwritable file: URL, _ error: any Error) {
        self.init(
            .unwritable, file: file.path, found: error.localizedDescription,
            expected: "a file that can be written")
    }
}
