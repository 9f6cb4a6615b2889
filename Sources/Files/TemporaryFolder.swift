package import Foundation

/// A folder with a name of its own, removed with its owner.
package struct TemporaryFolder: ~Copyable {
    package let url: URL

    /// - Parameters:
    ///   - name: how its name begins.
    ///   - place: the folder to make it in; that of temporary files by default.
    /// - Throws: `CocoaError`.
    package init(
        _ name: String, in place: URL = FileManager.default.temporaryDirectory
    ) throws {
        url = place.appending(path: "\(name)-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    package func file(_ name: String) -> URL { url.appending(path: name) }
}
