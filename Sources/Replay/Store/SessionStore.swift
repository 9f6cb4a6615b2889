import Engine
import Foundation
package import Model
import Names
import NearestName
package import Storage
package import Wire

/// A store or a bundle, opened for replay: read only, also while a daemon writes it, and used on one
/// thread.
package final class SessionStore {
    package let reader: any HistoryReader
    let storage: any Storage
    package let models: ModelCache
    /// The folder that each model was last loaded from, by fingerprint.
    private let folders: [[UInt8]: String]

    package var path: String { reader.name }

    /// - Throws: `StorageError`.
    package init(_ storage: any Storage, models: ModelCache) throws(StorageError) {
        self.storage = storage
        reader = try storage.makeReader()
        self.models = models
        folders = Dictionary(try reader.models().map { ($0.fingerprint, $0.folder) }) { $1 }
    }

    /// One incarnation of a stream.
    ///
    /// - Parameter incarnation: nil for the last one.
    /// - Throws: `missing` with the nearest name, or the number of the last incarnation.
    package func session(
        of stream: StreamID, incarnation: UInt64? = nil
    ) throws(StorageError) -> Session {
        guard let latest = try reader.latestIncarnation(of: stream) else {
            throw try noSuch(stream)
        }
        guard let incarnation, incarnation != latest.incarnation.number else {
            return Session(self, latest)
        }
        guard let status = try reader.incarnation(incarnation, of: stream) else {
            throw StorageError(
                .missing, in: path, part: stream.text,
                "it has no incarnation \(incarnation) here; its last is \(latest.incarnation.number)"
            )
        }
        return Session(self, status)
    }

    /// The model with this fingerprint; that of the bundle, if it has one.
    ///
    /// - Throws: `MissingModelError`, `StorageError`, `ModelError` for a damaged one in the bundle.
    package func model(_ fingerprint: Fingerprint) throws -> Model {
        let bundled = try models.model(fingerprint) {
            try TemporaryModelFolder(of: fingerprint, in: reader)
        }
        return try bundled
            ?? models.model(fingerprint, recorded: folders[fingerprint.bytes])
    }

    /// The same by the fingerprint's stored bytes.
    package func model(_ bytes: [UInt8]) throws -> Model {
        guard let fingerprint = Fingerprint(bytes: bytes) else {
            throw StorageError(.damaged, in: path, part: "model", "its fingerprint is not 32 bytes")
        }
        return try model(fingerprint)
    }

    // MARK: Names

    private func noSuch(_ stream: StreamID) throws(StorageError) -> StorageError {
        let names = try likelyNames(for: stream.text)
        guard !names.isEmpty else {
            return StorageError(.missing, in: path, "the store holds no stream yet")
        }
        let nearest = nearestName(to: stream.text, among: names.map(\.text)).map {
            "; there is '\($0)'"
        }
        return StorageError(
            .missing, in: path, part: stream.text,
            "there is no such stream\(nearest ?? ""); `sluice replay list` shows all")
    }

    /// Some names, first those with the same beginning.
    private func likelyNames(for name: String) throws(StorageError) -> Set<Name> {
        var found: Set<Name> = []
        for length in [name.count / 2, 1, 0] {
            let prefix = String(name.prefix(length))
            for summary in try reader.summaries(.init(prefix: prefix, limit: 200)) {
                found.insert(Name(summary.incarnation.name.text))
            }
        }
        return found
    }
}
