package import Names
package import Wire

/// What is written to a store, in the order in which it happened to each stream.
package enum StorageRecord: Sendable {
    case began(StreamIncarnation)
    case request(RequestRecord)
    case outcome(OutcomeRecord)
    /// It is not visible before the requests that it covers. A store may drop it: then the stream is
    /// read again from an earlier one.
    case checkpoint(CheckpointRecord)
    /// A producer that was acknowledged sends no more under this stream's name.
    case producerLeft(StreamID, Name)
    /// A producer's last number is forgotten: what it sends from here on is new.
    case producerForgotten(StreamID, Name)
    /// The model that is read by from here on, with the folder it was loaded from.
    case model(ModelRecord)
    /// This incarnation of the stream is over: no request of it follows.
    case ended(StreamKey, time: Double)
    /// A shard begins to checkpoint every stream that has changed since its last sweep.
    case sweepBegan(shard: Int)
    /// It is done: what was recorded before that sweep began is covered by checkpoints.
    case sweepEnded(shard: Int)
}
