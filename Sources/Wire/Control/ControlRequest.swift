/// What an administrator asks of a daemon: one JSON object, and for `put` a snapshot after it.
///
///     {"op": "get", "stream": "news"}
///     {"op": "put", "as": "news", "replace": false} | snapshot
///     {"op": "list", "prefix": "", "after": "news", "limit": 100, "ended": false}
///
/// `op` must be there, and `stream` where the operation is about one. `id` is an integer from 0
/// that the answer repeats. Other keys are refused.
package struct ControlRequest: Equatable, Sendable {
    package enum Operation: Equatable, Sendable {
        case status
        case list(ControlList)
        /// What has been published of a stream.
        case position(ControlPosition)
        /// Events that were published, again.
        case backfill(ControlBackfill)
        /// Everything about a stream's state, but for the state itself.
        case show(StreamID)
        /// The state itself.
        case get(StreamID)
        /// Begins a stream with the snapshot that follows; under its own name if none is given.
        case put(as: StreamID?, replace: Bool)
        case reset(StreamID)
        case end(StreamID)
        case flush(StreamID)
        /// To the store, if it is idle.
        case evict(StreamID)
        /// All streams that have changed.
        case checkpoint
        case connections
        case kick(UInt64)
        /// Finish what was accepted, and end.
        case drain
        /// Take no new connections, close those that are there within this many seconds, then drain.
        case lameDuck(seconds: UInt64)
        /// Read the configuration again.
        case reload
        /// Until the next reload that changes it.
        case logLevel(ControlLogLevel)
    }

    /// How long a lame duck may take to close its connections.
    static let lameDuckSeconds: ClosedRange<UInt64> = 0...86_400
    package static let usualLameDuckSeconds: UInt64 = 120

    package var operation: Operation
    /// The client's own number of this request.
    package var id: UInt64?

    package init(_ operation: Operation, id: UInt64? = nil) {
        self.operation = operation
        self.id = id
    }
}

/// From which level on the log has lines.
package enum ControlLogLevel: String, CaseIterable, Sendable {
    case trace, debug, info, notice, warning, error, critical
}

/// Which page of the streams to list.
package struct ControlList: Equatable, Sendable {
    package static let limits = 1...1000

    package var prefix = ""
    /// The last name of the page before.
    package var after: String?
    package var limit = 100
    /// Also names that have ended and not begun again.
    package var includesEnded = false

    package init() {}
}

/// Why a request was not carried out.
package struct ControlRefusal: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kinds of failures, besides those of `Refusal.Code`.
    package enum Code {
        /// The request is not one.
        package static let request = "request"
        /// Too much waits already: the same may succeed later.
        package static let busy = "busy"
        package static let stopping = "stopping"
        /// The store cannot be read.
        package static let store = "store"
        package static let noSuchConnection = "no_such_connection"
        /// The configuration cannot be used; nothing was changed.
        package static let configuration = "configuration"
        /// The name has no such incarnation.
        package static let noSuchLife = "no_such_life"
        /// The daemon has no such output.
        package static let noSuchOutput = "no_such_output"
        /// Events that have not been published.
        package static let notPublished = "not_published"
        /// Events that retention has deleted.
        package static let notKept = "not_kept"
        /// Nothing is kept at all: `journal.durability` is "off".
        package static let durabilityOff = "durability_off"
        /// The model that made the events is not found.
        package static let model = "model"
    }

    package let code: String
    /// What was found and what was expected, as one sentence.
    package let reason: String

    package init(_ code: String, _ reason: String) {
        self.code = code
        self.reason = reason
    }

    package init(_ refusal: Refusal) { self.init(refusal.code.rawValue, refusal.message) }

    package var description: String { reason }
}
