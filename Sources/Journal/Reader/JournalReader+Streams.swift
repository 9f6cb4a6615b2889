internal import GRDB
package import Storage
package import Wire

extension JournalReader {
    package func latestIncarnation(of name: StreamID) throws(StorageError) -> IncarnationStatus? {
        try read { try $0.latestStream(of: name)?.status($0.db) }
    }

    package func incarnation(of key: StreamKey) throws(StorageError) -> IncarnationStatus? {
        try read { try $0.stream(key)?.status($0.db) }
    }

    package func incarnation(
        _ number: UInt64, of name: StreamID
    ) throws(StorageError) -> IncarnationStatus? {
        try read { try $0.stream(number, of: name)?.status($0.db) }
    }

    package func producers(of name: StreamID) throws(StorageError) -> [ProducerRecord] {
        try read { try $0.producers(of: name) }
    }

    package func models() throws(StorageError) -> [ModelRecord] {
        try read { try ModelRow.fetch($0.db, "model ORDER BY id").map(\.model) }
    }

    package func runs() throws(StorageError) -> [RunRecord] {
        try read { transaction in
            try RunRow.fetch(transaction.db, "run ORDER BY id").map { row in
                var run = row.run
                run.model = try transaction.names.model(transaction.db, row.model)
                return run
            }
        }
    }

    /// Endpoints are among them.
    package func labels() throws(StorageError) -> [String] {
        try read { try LabelRow.fetch($0.db, "label ORDER BY id").map(\.text) }
    }
}
