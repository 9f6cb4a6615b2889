import Storage

/// A request that the store has, and what came of it where that is known.
struct StoredRequest {
    let record: RequestRecord
    let incarnation: UInt64
    let outcome: OutcomeRecord?
}
