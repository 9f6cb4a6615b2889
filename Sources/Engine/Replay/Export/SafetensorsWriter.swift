import Foundation
import Wire

/// Writes tensors as safetensors: the header's length (u64, little-endian), the header (JSON, padded
/// with spaces to a multiple of 8 bytes), and the data without gaps.
enum SafetensorsWriter {
    static func write(_ tensors: [TensorSpool], to handle: FileHandle, model: String) throws {
        for tensor in tensors { try tensor.finish() }
        var header: [UInt8] = []
        header.appendJSON("{\"__metadata__\":{\"model\":")
        header.appendJSON(string: model.utf8)
        header.appendJSON("}")
        var offset = 0
        for tensor in tensors {
            header.appendJSON(",")
            header.appendJSON(string: tensor.name.utf8)
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            let end = offset + tensor.byteCount
            header.append(
                contentsOf: ":{\"dtype\":\"\(tensor.element.safetensors)\",\"shape\":[\(shape)],"
                    .utf8)
            header.append(contentsOf: "\"data_offsets\":[\(offset),\(end)]}".utf8)
            offset = end
        }
        header.appendJSON("}")
        while !header.count.isMultiple(of: 8) { header.append(UInt8(ascii: " ")) }
        var bytes = ByteWriter()
        bytes.write(UInt64(header.count))
        try handle.write(contentsOf: bytes.bytes + header)
        for tensor in tensors { try tensor.read { try handle.write(contentsOf: $0) } }
    }
}
