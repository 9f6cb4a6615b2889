import ArgumentParser
import DefaultModel
import Engine
import Foundation
import Replay
import Storage
import Wire

/// Which store to read, and where its models are.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The store or a bundle (default: your daemon's store, or else that of the system's \
            service in \(StorePlace.serviceFolder)).
            """, valueName: "file"))
    var store: String?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            """
            A folder to search for the stream's model, before its last folder and the shipped \
            model; repeatable.
            """, valueName: "folder"))
    var model: [String] = []

    /// - Throws: `StorageError`; see `StorePlace.found`.
    var storage: any Storage {
        get throws(StorageError) { try StorePlace.storage(store) }
    }

    /// - Parameter hasInputTables: for long texts.
    func open(hasInputTables: Bool = false) throws -> SessionStore {
        try openedStore(store, models: model, hasInputTables: hasInputTables)
    }
}

/// - Parameters:
///   - path: nil for the daemon's own.
///   - models: folders to look for models in first.
func openedStore(
    _ path: String?, models: [String], hasInputTables: Bool = false
) throws -> SessionStore {
    try SessionStore(
        StorePlace.storage(path),
        models: ModelCache(
            given: models.map { URL(filePath: $0) }, shipped: try? DefaultModel.folder,
            hasInputTables: hasInputTables))
}

/// One incarnation of one stream.
struct SessionOptions: ParsableArguments {
    @Argument(help: "The stream.", transform: parsedStream)
    var stream: StreamID

    @Option(
        name: .customLong("life"),
        help: ArgumentHelp(
            "The incarnation, from 0; a new one begins after each end (default: the last).",
            valueName: "number"))
    var incarnation: UInt64?

    @OptionGroup var store: StoreOptions

    func open(hasInputTables: Bool = false) throws -> Session {
        try store.open(hasInputTables: hasInputTables).session(of: stream, incarnation: incarnation)
    }
}
