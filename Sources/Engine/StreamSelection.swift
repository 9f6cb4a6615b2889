package import Wire

/// Some of the streams, in the order of their names' bytes.
package struct StreamSelection: Sendable {
    /// What their names begin with.
    package var prefix: [UInt8] = []
    /// The name that they come after; nil for the first.
    package var after: [UInt8]?
    /// How many at most.
    package var limit = Int.max

    package init(prefix: [UInt8] = [], after: [UInt8]? = nil, limit: Int = .max) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
    }

    package func contains(_ stream: StreamID) -> Bool {
        stream.utf8.starts(with: prefix)
            && after.map { $0.lexicographicallyPrecedes(stream.utf8) } ?? true
    }
}
