package import Foundation

/// The model that ships with Sluice: a small English model.
package enum DefaultModel {
    private static let name = "english"
    private static let bundleSuffix = "_DefaultModel.resources"

    /// The model's folder: in the package's resources beside the executable or, if Sluice is
    /// installed, in `share/sluice` beside the executable's folder.
    package static var folder: URL {
        get throws(MissingDefaultModel) {
            let executable = Bundle.main.executableURL ?? Bundle.main.bundleURL
            let home = executable.resolvingSymlinksInPath().deletingLastPathComponent()
            let candidates = bundles(in: home) + [home.appending(path: "../share/sluice")]
            for candidate in candidates {
                let folder = candidate.appending(path: name).standardizedFileURL
                let config = folder.appending(path: "config.json")
                if FileManager.default.isReadableFile(atPath: config.path) { return folder }
            }
            throw MissingDefaultModel(searched: candidates.map(\.standardizedFileURL.path))
        }
    }

    /// `Bundle.module` would stop the process if its bundle is missing, so the bundle is found by
    /// its name, `<package>_DefaultModel.resources`.
    private static func bundles(in folder: URL) -> [URL] {
        let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        let found = (names ?? []).filter { $0.hasSuffix(bundleSuffix) }.sorted()
        let bundles = found.isEmpty ? ["sluice" + bundleSuffix] : found
        return bundles.map { folder.appending(path: $0) }
    }
}

/// The folder of the shipped model is missing.
package struct MissingDefaultModel: Error, Equatable, CustomStringConvertible {
    package let searched: [String]

    package var description: String {
        "the shipped model is missing: no readable english/config.json in "
            + searched.joined(separator: " or ")
            + "; keep the executable with its resources, or name a model folder"
    }
}
