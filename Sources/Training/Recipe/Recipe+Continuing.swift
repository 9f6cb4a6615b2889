package import Digests
internal import Foundation
internal import StrictTOML

extension Recipe {
    /// Rejects a recipe that cannot continue a run of another recipe.
    ///
    /// The length, validation, checkpoints and card of a run may change, and files may have moved
    /// to other folders. Everything else must be equal.
    package func checkContinues(_ begun: Recipe, of run: String) throws(TrainingError) {
        guard let difference = substance.difference(from: begun.substance) else { return }
        throw .recipe(
            "\(difference.path): found \(difference.found); expected \(difference.expected), with which "
                + "\(run) was started, or another --output")
    }

    /// Identifies runs that can continue from each other's checkpoints.
    package var substanceDigest: Digest {
        Digest(of: Array(substance.namingFilesOnly.document.utf8))
    }

    /// The settings that must not change during a run.
    private var substance: ConfigurationValue {
        let free: Set<String> = ["length", "validation", "checkpoints", "card", "start"]
        guard case .table(let members) = Self.codec.encode(self) else { return .table([]) }
        return .table(members.filter { !free.contains($0.key) })
    }
}

extension ConfigurationValue {
    /// With file names in place of paths, since files may move.
    fileprivate var namingFilesOnly: ConfigurationValue {
        switch self {
        case .table(let members):
            .table(members.map { .init(key: $0.key, value: $0.value.namingFilesOnly) })
        case .list(let elements): .list(elements.map(\.namingFilesOnly))
        case .text(let text) where text.hasPrefix("/"):
            .text(URL(filePath: text).lastPathComponent)
        default: self
        }
    }

    fileprivate typealias Difference = (path: String, found: String, expected: String)

    /// The first key with a different value.
    fileprivate func difference(from other: ConfigurationValue, at path: String = "") -> Difference?
    {
        switch (self, other) {
        case (.table(let own), .table(let others)):
            let keys = own.map(\.key) + others.map(\.key)
            for key in keys {
                let inner = path.isEmpty ? key : "\(path).\(key)"
                let value = own.first { $0.key == key }?.value
                let before = others.first { $0.key == key }?.value
                guard let value, let before else {
                    return (inner, value?.summary ?? "none", before?.summary ?? "none")
                }
                if let found = value.difference(from: before, at: inner) { return found }
            }
            return nil
        case (.list(let own), .list(let others)) where own.count == others.count:
            for (index, (value, before)) in zip(own, others).enumerated() {
                if let found = value.difference(from: before, at: "\(path)[\(index)]") {
                    return found
                }
            }
            return nil
        case (.text(let own), .text(let before)) where own.hasPrefix("/") && before.hasPrefix("/"):
            let isSame = own.split(separator: "/").last == before.split(separator: "/").last
            return isSame ? nil : (path, summary, other.summary)
        default:
            return self == other ? nil : (path, summary, other.summary)
        }
    }
}
