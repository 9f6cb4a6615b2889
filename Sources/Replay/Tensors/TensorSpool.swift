import Engine
import Foundation
import Glibc

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
    private let handle: FileHandle
    private var buffer: [UInt8] = []

    /// - Parameter folder: holds the file.
    init(_ name: String, _ element: Element, width: Int?, folder: URL) throws {
        self.name = name
        self.element = element
        self.width = width
        let path = folder.appending(path: ".sluice-\(UUID().uuidString)")
        try Data().write(to: path)
        defer { try? FileManager.default.removeItem(at: path) }
        handle = try FileHandle(forUpdating: path)
    }

    deinit { try? handle.close() }

    var shape: [Int] { [rows] + (width.map { [$0] } ?? []) }

    func append(_ row: some Sequence<Float>) throws {
        for value in row { append(value.bitPattern) }
        try endRow()
    }

    func append(_ row: some Sequence<Int64>) throws {
        for value in row { append(value) }
        try endRow()
    }

    func append(_ row: some Sequence<Int32>) throws {
        for value in row { append(value) }
        try endRow()
    }

    private func append(_ value: some FixedWidthInteger) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe buffer.append(contentsOf: $0) }
    }

    private func endRow() throws {
        rows += 1
        if buffer.count >= 1 << 16 { try flush() }
    }

    private func flush() throws {
        try handle.write(contentsOf: buffer)
        byteCount += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }

    /// Reads all that was appended, some at a time. Nothing is appended after.
    func read(_ body: ([UInt8]) throws -> Void) throws {
        try flush()
        try handle.seek(toOffset: 0)
        while let data = try handle.read(upToCount: 1 << 20), !data.isEmpty {
            try body(Array(data))
        }
    }

    func finish() throws { try flush() }
}
