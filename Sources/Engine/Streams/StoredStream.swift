import Storage
import Wire

/// What the store has of a stream that has not ended.
struct StoredStream {
    let id: StreamID
    /// The incarnation that is to be read on; `intake` may be ahead of it.
    let key: StreamKey
    let incarnation: UInt64
    var intake: StreamIntake
    /// Nil while it has not been checkpointed.
    var snapshot: StreamSnapshot?
    /// Requests that are not in the snapshot.
    var unread: [StreamBacklog.Entry] = []
}
