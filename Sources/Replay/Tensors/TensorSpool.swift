import Engine
import Files
import Foundation

/// The rows of one tensor in a file without a name: their number is known only at the end.
final class TensorSpool {
    /// As NumPy and safetensors name it.
    enum Element: Sendable {
        case float32, int64, int32

        var numpy: String {
            switch self {
            case .float32: "<f4"
            case .int64: "<i8"
            case .int32: "<i4"
            }
        }

        var safetensors: String {
            switch self {
            case .float32: "F32"
            case .int64: "I64"
            case .int32: "I32"
            }
        }
    }

    let name: String
    let element: Element
    /// Values in a row; nil where a row is one value.
    let width: Int?
    private(set) var rows = 0
    private(set) var byteCount = 0
    /// Of the folder.
    private let path: String
    private let file: FileDescriptor
    private var buffer = LittleEndianBytes()

    /// - Parameter folder: holds the file.
    init(_ name: String, _ element: Element, width: Int?, folder: URL) throws {
        self.name = name
        self.element = element
        self.width = width
        let path = folder.path(percentEncoded: false)
        self.path = path
        do throws(Errno) {
            file = try NewFile.withoutName(in: path)
        } catch {
            throw OutputError.failed(path: path, reason: "\(error)")
        }
    }

    var shape: [Int] { [rows] + (width.map { [$0] } ?? []) }

    func append(_ row: some Sequence<Float>) throws { try append(row.map(\.bitPattern)) }

    func append(_ row: [some FixedWidthInteger]) throws {
        for value in row { buffer.append(value) }
        rows += 1
        if buffer.bytes.count >= 1 << 16 { try finish() }
    }

    /// Writes the rows that are still in memory.
    func finish() throws {
        do throws(Errno) {
            try file.write(buffer.bytes)
        } catch {
            throw OutputError.failed(path: path, reason: "\(error)")
        }
        byteCount += buffer.bytes.count
        buffer.bytes.removeAll(keepingCapacity: true)
    }

    /// Reads all that was appended, some at a time. Nothing is appended after.
    func read(_ body: ([UInt8]) throws -> Void) throws {
        try finish()
        var offset = 0
        while let bytes = try file.read(upTo: 1 << 20, at: offset), !bytes.isEmpty {
            try body(bytes)
            offset += bytes.count
        }
    }
}
