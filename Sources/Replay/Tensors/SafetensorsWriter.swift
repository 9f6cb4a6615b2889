import Engine
import Foundation
import Model

/// Writes spooled tensors as safetensors.
enum SafetensorsWriter {
    static func write(_ tensors: [TensorSpool], to handle: FileHandle, model: String) throws {
        for tensor in tensors { try tensor.finish() }
        let entries = tensors.map { tensor in
            SafetensorsFile.Entry(
                name: tensor.name, dtype: tensor.element.safetensors, shape: tensor.shape,
                byteCount: tensor.byteCount)
        }
        let head = SafetensorsFile.head(entries, metadata: [("model", model)])
        try handle.write(contentsOf: head)
        for tensor in tensors { try tensor.read { try handle.write(contentsOf: $0) } }
    }
}
