package import Model
package import Storage
import Tokenizer
package import Wire

/// What replay needs of a shard beyond live streams: restore a stream from a snapshot, give it requests
/// from records, and read and change its state.
extension Shard {
    /// A shard for replay: it has no store, and records the outcome of every request.
    ///
    /// - Parameters:
    ///   - audiences: those that events may be published to; each request has one of them.
    ///   - options: threads, store and timers play no part.
    package convenience init(
        replaying model: Model, options: EngineOptions, audiences: [Audience]
    ) throws {
        var options = options
        options.recordsOutcomes = true
        options.checkpoints = false
        options.idleFlush = nil
        let outputs = Audience.profiles(for: audiences)
        try self.init(
            model: model, options: options, outputs: outputs,
            demand: Demand(outputs: outputs.count),
            fragments: TokenFragments(model.tokenizer.vocabulary), statistics: EngineStatistics())
    }

    /// Puts a stream in as the snapshot says, or at its beginning. False if there is no room.
    ///
    /// - Parameter name: what its events say; nil for its id.
    /// - Throws: `SnapshotError`, `TokenizerError` for a state that is none of this model.
    package func install(
        _ id: StreamID, _ snapshot: StreamSnapshot?, key: StreamKey, incarnation: UInt64,
        name: StreamID? = nil
    ) throws -> Bool {
        guard let slot = takeSlot() else { return false }
        let stream = begin(
            id, name: name, slot: slot, intake: StreamIntake(key: key, incarnation: incarnation))
        if let snapshot { try restore(snapshot, to: stream) }
        return true
    }

    /// Puts a request from the journal in its stream's queue. Its events go to this audience.
    ///
    /// - Parameters:
    ///   - position: bytes of its text that the installed snapshot has read already.
    ///   - outcome: what came of it, if that is known: text of which not all was read is cut off
    ///     where it was.
    package func replay(
        _ record: RequestRecord, of id: StreamID, incarnation: UInt64, audience: Audience,
        position: UInt64 = 0, outcome: OutcomeRecord?
    ) {
        guard let stream = residence[id] else { return }
        append(
            StreamWork.Item(
                record, of: id, incarnation: incarnation, audience: audience, outcome: nil,
                ending: outcome),
            to: stream)
        if position > 0 { stream.work?.advance(to: Int(position)) }
    }

    /// Where the stream's events go from here on: one of the audiences that the shard was made for.
    package func setAudience(_ audience: Audience, of id: StreamID) {
        guard let stream = residence[id] else { return }
        publisher.setAudience(audience, of: stream)
    }

    /// How far the stream has come; nil if it is not there.
    package func progress(of id: StreamID) -> StreamProgress? {
        residence[id].map { StreamProgress($0) }
    }

    /// Gives a checkpoint out when so many bytes of that request's text have been read, if that is
    /// between two tokens.
    package func awaitCheckpoint(of id: StreamID, sequence: UInt64, position: UInt64) {
        residence[id]?.journal.awaitCheckpoint(sequence: sequence, position: position)
    }

    /// Whether the stream is there and has nothing to do.
    package func isIdle(_ id: StreamID) -> Bool { residence[id].map { $0.work == nil } ?? true }

    /// Whether the stream is there: it leaves with its `end`.
    package func contains(_ id: StreamID) -> Bool { residence[id] != nil }

    /// Whether the stream can continue from its snapshot: none of its text is tokenised and unread.
    package func isBetweenSlices(_ id: StreamID) -> Bool {
        residence[id].map { $0.work?.isBetweenSlices ?? true } ?? false
    }

    /// The stream's state between two tokens.
    package func snapshot(of id: StreamID) -> StreamSnapshot? { residence[id].map(snapshot) }

    /// h0, c0, h1, c1, … after the token that the stream read last.
    package func values(of id: StreamID) -> [Float]? {
        residence[id].map { network.values(of: $0) }
    }

    /// Whether to keep what the first row of each step is read from.
    package var keepsInput: Bool {
        get { network.keepsInput }
        set { network.keepsInput = newValue }
    }

    /// What the latest step's first row was read from.
    package var input: StepInput? { network.input }

    /// Overwrites them: what the stream reads next, it reads from there.
    package func setValues(_ values: [Float], of id: StreamID) {
        guard let stream = residence[id] else { return }
        network.setValues(values, of: stream)
        stream.forgetLogits()
    }

    /// Indices of the outputs that events are taken from.
    package var outputs: Range<Int> { publisher.outputs }

    /// Takes a stream out, whatever it still had to do.
    package func remove(_ id: StreamID) {
        guard let stream = residence[id] else { return }
        scheduler.remove(stream)
        leave(stream)
    }
}

extension Audience {
    /// One of each kind of event, at every token and message.
    package static let everything = Audience(
        next: [.everyToken], sentiment: [.everyTokenAndMessage], stream: true, error: true)

    /// The same, with so many candidates.
    package static func everything(top: Int) -> Audience {
        var audience = everything
        audience.top = top
        return audience
    }

    /// Outputs that can publish to each of these audiences its events and no others.
    static func profiles(for audiences: [Audience]) -> [OutputProfile] {
        var all = Audience()
        for audience in audiences { all.formUnion(audience) }
        return all.profiles
    }
}
