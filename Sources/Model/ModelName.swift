package import Foundation

/// The display name of a model: the name of its folder, or NAME for a folder `runs/NAME/model` of
/// `sluice train`.
package enum ModelName {
    private static let made = "model"

    package static func of(_ folder: URL) -> String { all([folder])[0] }

    /// The names of several models, each with as many parent folders as make it unique. Equal
    /// folders have equal names.
    package static func all(_ folders: [URL]) -> [String] {
        let paths = folders.map { parts($0) }
        return paths.map { path in
            let others = paths.filter { $0 != path }
            let count =
                (1...max(1, path.count)).first { count in
                    !others.contains { $0.suffix(count) == path.suffix(count) }
                } ?? path.count
            return path.isEmpty ? made : path.suffix(count).joined(separator: "/")
        }
    }

    private static func parts(_ folder: URL) -> [String] {
        var parts = folder.standardizedFileURL.pathComponents.filter { $0 != "/" }
        if parts.count > 1, parts.last == made { parts.removeLast() }
        return parts
    }
}

extension Model {
    package var name: String { ModelName.of(folder) }
}

extension ModelConfig {
    /// A short description: `GRU (reset before), 2 x 64, residual`.
    package var shortText: String {
        "\(recurrentCell.name), \(layers) x \(hiddenSize)\(connectionsText)"
    }

    /// `, residual, bidirectional`; empty without either.
    package var connectionsText: String {
        (skip == .none ? "" : ", \(skip.rawValue)") + (bidirectional ? ", bidirectional" : "")
    }
}
