import Engine
import Model
import Storage
import Wire

/// A stream that is played on shards, alone or beside others.
///
/// Each request goes through a `Shard`, as it did when it was live: there is no second implementation.
final class PlayedStream {
    /// What the present request is played with.
    private struct Setup {
        /// The fingerprint that the request carries.
        var recordedModel: [UInt8]
        var model: Model
        var audience = Audience()
        /// The audience that the shard is made for.
        var shared: Audience?
        var top: Int
    }

    let source: RequestSource
    /// The stream's name on the shard, and its key in what the shard records.
    let id: StreamID
    let key: StreamKey
    /// The request that is being played or was played last; nil before the first.
    private(set) var request: SessionRequest?
    private(set) var shard: Shard
    private let shards: PlayerShards
    private let listening: SessionPlayer.Listening
    private var feed: RequestFeed
    /// Bytes of the coming request's text that the state has read already.
    private var position: UInt64
    private var setup: Setup

    /// Nil where there is nothing to play: neither a state nor a request.
    ///
    /// - Parameters:
    ///   - start: a state of the incarnation to begin from; nil for its beginning.
    ///   - number: identifies the stream beside others; nil for its own name and key.
    init?(
        _ source: RequestSource, from start: StreamSnapshot?, on shards: PlayerShards,
        listening: SessionPlayer.Listening, number: StreamKey? = nil
    ) throws {
        self.source = source
        self.shards = shards
        self.listening = listening
        id = try number.map { try StreamID("\($0)") } ?? source.stream
        key = number ?? source.key
        let beginning = try Self.beginning(at: start, source, listening, shards)
        guard let beginning else { return nil }
        (feed, setup, shard) = beginning
        position = start?.position ?? 0
        try install(start)
    }

    /// Continues from another state of the incarnation, as if it had begun there. False where there is
    /// nothing to play.
    func move(to start: StreamSnapshot?) throws -> Bool {
        shard.remove(id)
        let beginning = try Self.beginning(at: start, source, listening, shards)
        guard let beginning else { return false }
        (feed, setup, shard) = beginning
        (position, request) = (start?.position ?? 0, nil)
        try install(start)
        return true
    }

    private static func beginning(
        at start: StreamSnapshot?, _ source: RequestSource, _ listening: SessionPlayer.Listening,
        _ shards: PlayerShards
    ) throws -> (RequestFeed, Setup, Shard)? {
        var feed = source.feed(from: start?.sequence ?? 0)
        let request = try feed.peek()
        guard let recorded = request?.record.model ?? start?.model.bytes else { return nil }
        var setup = Setup(
            recordedModel: recorded, model: try source.model(recorded), top: shards.top)
        let shard = try shard(for: request, &setup, listening, source, shards)
        return (feed, setup, shard)
    }

    /// The model that reads now.
    var model: Model { setup.model }

    /// Between two tokens; nil after `end`.
    var snapshot: StreamSnapshot? { shard.snapshot(of: id) }

    /// Nil after `end`.
    var progress: StreamProgress? { shard.progress(of: id) }

    /// Nothing is published, and what only events need is not computed.
    var isSilent = false {
        didSet { shard.setAudience(audience, of: id) }
    }

    private var audience: Audience { isSilent ? Audience() : setup.audience }

    func remove() { shard.remove(id) }

    // MARK: Requests

    /// The coming request; nil after the last.
    func nextRequest() throws(StorageError) -> SessionRequest? { try feed.peek() }

    /// Gives the coming request to the shard. False after the last.
    ///
    /// - Parameter checkpoint: a place in its text at which the shard is to give out the state.
    func playNext(upTo checkpoint: UInt64? = nil) throws -> Bool {
        guard let next = try feed.take() else { return false }
        var record = next.record
        guard position <= record.text.count else {
            throw damage(
                "the checkpoint has read \(position) bytes of its text; expected at most "
                    + "\(record.text.count)", at: record.sequence)
        }
        try prepare(for: next)
        request = next
        record.key = key
        if let checkpoint {
            shard.awaitCheckpoint(of: id, sequence: record.sequence, position: checkpoint)
        }
        shard.replay(
            record, of: id, incarnation: source.number, audience: audience, position: position,
            outcome: next.outcome)
        position = 0
        return true
    }

    func damage(_ message: String, at sequence: UInt64) -> StorageError {
        StorageError(
            .damaged, in: source.path, part: "\(source.stream), request \(sequence)", message)
    }

    // MARK: Shards

    /// Another model or audience needs another shard, which continues from the same state.
    private func prepare(for request: SessionRequest) throws {
        guard shard.contains(id) else { return }
        let next = try Self.shard(for: request, &setup, listening, source, shards)
        guard next !== shard else { return }
        let state = snapshot
        shard.remove(id)
        shard = next
        try install(state)
    }

    private func install(_ snapshot: StreamSnapshot?) throws {
        _ = try shard.install(
            id, snapshot, key: key, incarnation: source.number, name: source.stream)
        if isSilent { shard.setAudience(Audience(), of: id) }
    }

    /// The shard for a request, or, if there is none, for the state alone.
    private static func shard(
        for request: SessionRequest?, _ setup: inout Setup,
        _ listening: SessionPlayer.Listening, _ source: RequestSource, _ shards: PlayerShards
    ) throws -> Shard {
        if let request {
            if request.record.model != setup.recordedModel {
                setup.recordedModel = request.record.model
                setup.model = try source.model(request.record.model)
            }
            let recorded = request.audience
            switch listening {
            case .everything: setup.audience = .everything
            case .asRecorded: setup.audience = recorded ?? Audience()
            case .audience(let audience):
                setup.audience = audience
                // Not that of an earlier request: what comes must not depend on where playing begins.
                setup.top = shards.top
            }
            setup.top = setup.audience.top ?? recorded?.top ?? setup.top
        }
        let audience = shards.audience(for: setup.audience, last: setup.shared)
        setup.shared = audience
        return try shards.shard(
            for: .init(model: ObjectIdentifier(setup.model), audience: audience, top: setup.top),
            setup.model)
    }
}
