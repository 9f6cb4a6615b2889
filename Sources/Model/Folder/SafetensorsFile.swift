internal import Files
package import Foundation
internal import StrictJSON

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
            let pairs = metadata.map { "\($0.0.jsonLiteral):\($0.1.jsonLiteral)" }
            members.append("\"__metadata__\":{\(pairs.joined(separator: ","))}")
        }
        var start = 0
        for entry in entries {
            let end = start + entry.byteCount
            members.append(
                """
                \(entry.name.jsonLiteral):{"dtype":"\(entry.dtype)","shape":\(entry.shape),\
                "data_offsets":[\(start),\(end)]}
                """)
            start = end
        }
        var header = Array("{\(members.joined(separator: ","))}".utf8)
        while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
        let length = UInt64(header.count)
        return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header
    }

    /// Writes each tensor with what `values` gives for it: `spec.count` numbers, row-major,
    /// float32. A file that was there is replaced once the new one is whole and on the disk.
    ///
    /// - Throws: `ModelError` with the code `unwritable`, or what `values` throws.
    package static func write(
        _ tensors: [TensorSpec], to file: URL, values: (TensorSpec) throws(ModelError) -> [Float]
    ) throws(ModelError) {
        let entries = tensors.map { tensor in
            let byteCount = tensor.count * MemoryLayout<Float>.stride
            return Entry(name: tensor.name, dtype: "F32", shape: tensor.shape, byteCount: byteCount)
        }
        do {
            var new = try NewFile(file.path)
            try new.descriptor.write(head(entries))
            for tensor in tensors {
                let bits = try values(tensor).map(\.bitPattern.littleEndian)
                try new.descriptor.write(unsafe bits.withUnsafeBytes { unsafe Array($0) })
            }
            try new.complete(isDurable: true)
        } catch let error as ModelError {
            throw error
        } catch {
            throw ModelError(unwritable: file, error)
        }
    }
}

extension ModelError {
    package init(unwritable file: URL, _ error: any Error) {
        self.init(
            .unwritable, file: file.path,
            found: error is Errno ? "\(error)" : error.localizedDescription,
            expected: "a file that can be written")
    }
}
