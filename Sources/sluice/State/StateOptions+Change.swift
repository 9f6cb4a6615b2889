import Client
import Daemon
import Model
import Storage
import Wire

extension StateOptions {
    /// Requests a change from the daemon, or makes it in the store.
    func change(
        _ stream: StreamID, _ request: Request.Operation, _ operation: ControlRequest.Operation
    ) throws {
        guard let store, let storage else {
            _ = try ask(operation, for: ChangedStream.self)
            return
        }
        let reader = try storage.makeReader()
        let model = try models(of: reader).model(try reader.lastModel(of: stream))
        try withSession(store, model: model) { session in
            try session.perform(Request(stream: stream, operation: request))
        }
    }
}

extension StorageReader {
    /// The model that last read the stream.
    ///
    /// - Throws: `StateError.noStream` where there is none.
    fileprivate func lastModel(of stream: StreamID) throws -> Fingerprint {
        let last = try latestIncarnation(of: stream)
        let before = last.flatMap { last in
            last.incarnation.number == 0
                ? nil
                : StreamIncarnation(
                    key: 0, name: stream, number: last.incarnation.number - 1, began: 0)
        }
        guard let last, !last.isEnded,
            let summary = try summaries(.init(prefix: stream.text, after: before, limit: 1)).first,
            let model = summary.model.flatMap({ Fingerprint(bytes: $0) })
        else { throw StateError.noStream(stream, store: name) }
        return model
    }
}
