/// What a daemon is and has done: the result of `status`.
package struct DaemonStatus: Codable, Equatable, Sendable {
    package var version: String
    package var model: ServedModel
    /// Seconds.
    package var uptime: Double
    package var threads: Int
    package var kernels: String
    /// Streams in memory; requests, tokens and so on since the start.
    package var counters: [String: UInt64]
    /// Refusals since the start, by code.
    package var refused: [String: UInt64]
    /// Levels, and quantiles of times and sizes, in base units. Nil from an earlier version.
    package var measurements: [String: Double]?
    package var journal: JournalState

    package struct ServedModel: Codable, Equatable, Sendable {
        package var folder: String
        /// 64 hexadecimal digits.
        package var fingerprint: String
    }

    package struct JournalState: Codable, Equatable, Sendable {
        package var durability: String
        /// Nil where nothing is kept.
        package var store: String?
        package var commits: UInt64
        /// Why the store cannot be written now; nil while it can.
        package var problem: String?
    }
}
