import Names
import Storage
import StorageSupport
import Wire

extension MemoryState {
    /// What a reader of a store that should hold the same finds otherwise.
    func differences(_ reader: any HistoryReader) throws -> [String] {
        let own = try MemoryStorage(self).makeReader()
        var found: [String] = []
        let summaries = try own.summaries()
        if try reader.summaries() != summaries { found.append("summaries") }
        for incarnation in summaries.map(\.incarnation) {
            let (key, name) = (incarnation.key, incarnation.name)
            func compare<Value: Equatable>(
                _ what: String, _ value: (any HistoryReader) throws -> Value
            ) throws {
                if try value(reader) != value(own) { found.append("\(what) of \(key)") }
            }
            try compare("status") { try $0.incarnation(incarnation.number, of: name) }
            try compare("requests") { try $0.requests(of: key) }
            try compare("outcomes") { try $0.outcomes(of: key) }
            try compare("checkpoints") { try $0.checkpoints(of: key) }
            for place in try own.checkpoints(of: key).map(\.place) {
                try compare("checkpoint") { try $0.checkpoint(of: key, notAfter: place) }
            }
            try compare("producers") {
                try $0.producers(of: name).sorted { $0.producer < $1.producer }
            }
        }
        if try tail(of: reader, limit: 7) != tail(of: own) { found.append("tail") }
        return found
    }
}

extension StorageReader {
    /// The last acknowledged number of each producer.
    func producerNumbers(of stream: StreamID) throws -> [Name: UInt64] {
        Dictionary(
            uniqueKeysWithValues: try producers(of: stream).map { ($0.producer, $0.sequence) })
    }
}
