import Engine
import Files
import Foundation
import Model
import Storage

/// The files of a model of a bundle, in a folder that is removed with this object.
final class TemporaryModelFolder {
    /// The files of a model's folder; no other file is taken out of a bundle.
    static let fileNames = [
        "config.json", "model.safetensors", "tokenizer.json", "ngrams.tsv", "README.md",
    ]

    private let folder: TemporaryFolder
    var url: URL { folder.url }

    /// Nil if the store has no files of this model.
    init?(of model: Fingerprint, in reader: any HistoryReader) throws {
        let names = try reader.fileNames(ofModel: model.bytes)
        guard !names.isEmpty else { return nil }
        folder = try Self.folder()
        do {
            for name in Self.fileNames where names.contains(name) {
                try write(name, of: model, reader)
            }
        } catch let error as StorageError {
            throw error
        } catch {
            throw Self.failure(url, error)
        }
    }

    private static func folder() throws -> TemporaryFolder {
        do {
            return try TemporaryFolder("sluice-model")
        } catch {
            throw failure(FileManager.default.temporaryDirectory, error)
        }
    }

    private static func failure(_ file: URL, _ error: any Error) -> StorageError {
        StorageError(
            .io, in: file.path(percentEncoded: false),
            "the model of the bundle cannot be extracted: \(error.localizedDescription)")
    }

    private func write(_ name: String, of model: Fingerprint, _ reader: any HistoryReader) throws {
        let file = url.appending(path: name)
        try Data().write(to: file)
        let handle = try FileHandle(forWritingTo: file)
        var part = 0
        while let bytes = try reader.filePart(ofModel: model.bytes, name, part) {
            try handle.write(contentsOf: bytes)
            part += 1
        }
        try handle.close()
    }
}
