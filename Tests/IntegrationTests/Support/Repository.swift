import Foundation

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
