import Foundation

/// A folder that goes with the last reference to this.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/sluice-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file; gives its path.
    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        try write(Array(text.utf8), to: name)
    }

    @discardableResult
    func write(_ bytes: [UInt8], to name: String) throws -> String {
        try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
        return "\(path)/\(name)"
    }

    /// A copy of a folder; gives its path.
    func copy(_ folder: String, to name: String) throws -> String {
        try FileManager.default.copyItem(atPath: folder, toPath: "\(path)/\(name)")
        return "\(path)/\(name)"
    }
}

/// Adds text at a file's end, as whoever writes a log does.
func append(_ text: String, to path: String) throws {
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.seekToEnd()
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
}

/// What the repository holds.
enum Repository {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// A small model of bytes: quick to load and to run.
    static let smallModel = root.appending(path: "Tests/ModelTests/Fixtures/gru").path

    static func fixture(_ name: String) -> URL {
        root.appending(path: "Tests/ModelTests/Fixtures").appending(path: name)
    }
}
