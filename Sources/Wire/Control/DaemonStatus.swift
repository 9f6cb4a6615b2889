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
    package var journal: JournalState

    package struct ServedModel: Codable, Equatable, Sendable {
        package var folder: String
        /// 64 hexadecimal digits.
        package var fingerprint: String

        package init(folder: String, fingerprint: String) {
            self.folder = folder
            self.fingerprint = fingerprint
        }
    }

    package struct JournalState: Codable, Equatable, Sendable {
        package var durability: String
        /// Nil where nothing is kept.
        package var store: String?
        package var commits: UInt64
        /// Why the store cannot be written now; nil while it can.
        package var problem: String?

        package init(durability: String, store: String?, commits: UInt64, problem: String?) {
            self.durability = durability
            self.store = store
            self.commits = commits
            self.problem = problem
        }
    }

    package init(
        version: String, model: ServedModel, uptime: Double, threads: Int, kernels: String,
        counters: [String: UInt64], refused: [String: UInt64], journal: JournalState
    ) {
        self.version = version
        self.model = model
        self.uptime = uptime
        self.threads = threads
        self.kernels = kernels
        self.counters = counters
        self.refused = refused
        self.journal = journal
    }
}

/// What a snapshot was put or taken as: the result of `get` and `put`.
package struct MovedStream: Codable, Equatable, Sendable {
    package var stream: String
    package var model: String
    package var epoch: UInt64
    package var tokens: UInt64
    package var bytes: Int
    package var digest: String

    package init(
        stream: String, model: String, epoch: UInt64, tokens: UInt64, bytes: Int, digest: String
    ) {
        self.stream = stream
        self.model = model
        self.epoch = epoch
        self.tokens = tokens
        self.bytes = bytes
        self.digest = digest
    }
}

/// What was done to a stream: the result of `reset`, `end` and `flush`.
package struct ChangedStream: Codable, Equatable, Sendable {
    package var stream: String

    package init(stream: String) { self.stream = stream }
}
