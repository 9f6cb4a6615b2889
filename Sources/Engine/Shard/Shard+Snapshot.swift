import Model
import Storage
import Wire

/// A stream's state as a value, and back.
extension Shard {
    /// Between two tokens of the stream: nothing of its queue is tokenised and not yet read.
    func snapshot(of stream: StreamState) -> StreamSnapshot {
        stream.snapshot(model: model.fingerprint, values: network.values(of: stream))
    }

    func checkpointIfDue(_ stream: StreamState) {
        journal.checkpointIfDue(stream, snapshot(of: stream))
    }

    /// Makes the stream, which is in memory and has read nothing, what the snapshot says.
    func restore(_ snapshot: StreamSnapshot, to stream: StreamState) throws {
        stream.journal.restore(snapshot)
        try restore(snapshot.state, of: snapshot.model, to: stream)
    }

    /// Of another model's state only the counters are taken: `model` is the next thing that the
    /// stream reads.
    func restore(
        _ state: StreamSnapshot.State, of model: Fingerprint, to stream: StreamState
    ) throws {
        guard model == self.model.fingerprint else { return stream.restoreCounters(of: state) }
        try admission.check(state)
        try stream.restore(state, text.encoder)
        network.setValues(state.values, of: stream)
    }
}
