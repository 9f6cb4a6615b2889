package import Engine
import Model
import Storage
package import Wire

/// Computes events of one incarnation again that an output has published: the same bodies under the
/// same numbers.
///
/// Its requests go through a `Shard`, from the newest checkpoint before the wanted events. Only what
/// was published is computed: of requests with a stored outcome, which were read to their end, and of a
/// stream in memory also of the request that is being read, up to where the stream was when it was
/// asked. What came of each request is compared with its stored outcome.
package struct Backfill {
    /// Bounds of one page.
    package struct Limits: Sendable {
        package var events = 1000
        package var bytes = 1 << 20
        /// Tokens to read, once there is an event.
        package var tokens: UInt64 = 1 << 14

        package init() {}
    }

    private let source: BackfillSource
    /// Of the output whose events these are.
    private let profile: OutputProfile
    private let options: EngineOptions
    private let isCancelled: () -> Bool

    /// - Parameters:
    ///   - position: where the stream is, if it is in memory.
    ///   - options: `top`, where no recorded request has the number of candidates, and `kernelTier`.
    ///   - isCancelled: asked at each token.
    package init(
        _ session: Session, of profile: OutputProfile, upTo position: StreamProgress?,
        options: EngineOptions, isCancelled: @escaping () -> Bool = { false }
    ) {
        source = BackfillSource(session, position)
        self.profile = profile
        self.options = options
        self.isCancelled = isCancelled
    }

    // MARK: Numbers

    /// How far the incarnation has come.
    package struct Place: Equatable, Sendable {
        package var epoch: UInt64
        /// The numbers of the next events.
        package var next: [EventKind: UInt64]
        /// More may have been published: not all that was read is in the store yet.
        package var isPending: Bool
    }

    /// - Throws: `StorageError`, `MissingModelError`, `ModelError`, `SnapshotError`, `BackfillError`.
    package func place() throws -> Place {
        if let position = source.position {
            return Place(
                epoch: position.epoch, next: try numbers(at: position, source.servedConfig()),
                isPending: false)
        }
        let start = try source.latestBeginning()
        // The rest is in the counters, but not what the end of a message in an `end` led to.
        let kinds = EventKind.allCases.filter { $0 != .next || profile.next.isDueAtMessageEnd }
        guard let player = try player(from: start, kinds) else {
            return Place(
                epoch: 0, next: numbers(at: StreamProgress(), nil),
                isPending: try source.hasRequest(from: 0))
        }
        var numbers = self.numbers(at: player.progress, player.model.config)
        while let step = try player.step() {
            try checkCancelled()
            for event in step.published { numbers[event.kind] = event.sequence + 1 }
        }
        let reached = self.numbers(at: player.progress, player.model.config)
        return Place(
            epoch: player.progress.epoch, next: numbers.merging(reached) { max($0, $1) },
            isPending: try source.hasRequest(after: player, from: start))
    }

    /// The numbers of the first events that are kept.
    package func first() throws -> [EventKind: UInt64] {
        guard let start = try source.session.firstBeginning() else {
            return numbers(at: StreamProgress(), nil)
        }
        return numbers(at: StreamProgress(start), try source.config(of: start))
    }

    private func numbers(
        at progress: StreamProgress, _ config: ModelConfig?
    ) -> [EventKind: UInt64] {
        Dictionary(
            uniqueKeysWithValues: EventKind.allCases.map { kind in
                (kind, config.map { profile.dueCount(of: kind, at: progress, readBy: $0) } ?? 0)
            })
    }

    // MARK: Events

    /// The events with these numbers, in the order of publication, as many as the limits allow.
    ///
    /// - Parameter wanted: by kind; an upper bound of `.max` is the last event that was published.
    /// - Throws: `BackfillError`, and what `next` throws.
    package func page(
        of wanted: [EventKind: Range<UInt64>], limits: Limits = Limits()
    ) throws -> BackfillPage {
        var page = BackfillPage(rest: try published(wanted))
        guard !page.isComplete else { return page }
        let start = try beginning(of: page.rest)
        guard let player = try player(from: start, Array(page.rest.keys)) else {
            return try atEnd(page, try source.hasRequest(from: 0), asked: wanted)
        }
        var check = OutcomeCheck(source.session)
        let firstToken = player.progress.incarnationTokens
        while !page.isComplete {
            let tokens = player.progress.incarnationTokens - firstToken
            guard !page.isFull(limits, tokens: tokens) else { return page }
            try checkCancelled()
            player.isSilent = isBefore(page.rest, player)
            let isSilent = player.isSilent
            guard let step = try player.step() else {
                return try atEnd(
                    page, try source.hasRequest(after: player, from: start), asked: wanted)
            }
            try check.note(step, of: player, isSilent: isSilent)
            guard page.take(step.published, limits) else { return page }
            let reached = numbers(at: player.progress, player.model.config)
            page.pass(reached)
            if source.isBeyond(player.progress) { return page.pending() }
        }
        return page
    }

    /// Ranges that end where the stream in memory is.
    private func published(
        _ wanted: [EventKind: Range<UInt64>]
    ) throws -> [EventKind: Range<UInt64>] {
        guard let position = source.position else { return wanted.filter { !$0.value.isEmpty } }
        let next = numbers(at: position, try source.servedConfig())
        var ranges: [EventKind: Range<UInt64>] = [:]
        for (kind, range) in wanted {
            let end = next[kind] ?? 0
            guard range.lowerBound <= end else {
                throw BackfillError.notPublished(kind, range.lowerBound, next: end)
            }
            ranges[kind] = range.clamped(to: range.lowerBound..<end)
        }
        return ranges.filter { !$0.value.isEmpty }
    }

    /// The newest checkpoint before all wanted events; nil for the incarnation's beginning.
    private func beginning(
        of wanted: [EventKind: Range<UInt64>]
    ) throws -> StreamSnapshot? {
        let configs = try source.configs()
        func isBefore(_ snapshot: StreamSnapshot) -> Bool {
            let reached = numbers(at: StreamProgress(snapshot), configs[snapshot.model.bytes])
            return wanted.allSatisfy { reached[$0.key] ?? 0 <= $0.value.lowerBound }
        }
        if let found = try source.session.lastCheckpoint(where: isBefore) {
            return try source.session.snapshot(of: found)
        }
        guard let first = try source.session.firstBeginning() else { return nil }
        guard isBefore(first) else {
            throw BackfillError.notKept(
                first: numbers(at: StreamProgress(first), configs[first.model.bytes]))
        }
        return first
    }

    /// Nil where there is nothing to play.
    private func player(
        from start: StreamSnapshot?, _ kinds: [EventKind]
    ) throws -> SessionPlayer? {
        let requests = source.requests
        guard try start != nil || requests.hasRequest(at: 0) else { return nil }
        return try SessionPlayer(
            requests, from: start, listening: .audience(profile.audience(of: kinds)),
            options: options)
    }

    /// Whether the wanted events are far enough away not to be among those of the coming step. What
    /// is put at the beginning of an incarnation may be any number of events further.
    private func isBefore(
        _ wanted: [EventKind: Range<UInt64>], _ player: SessionPlayer
    ) -> Bool {
        guard let request = player.request, request.record.operation != .put else { return false }
        let reached = numbers(at: player.progress, player.model.config)
        return wanted.allSatisfy { (reached[$0.key] ?? 0) + Self.mostAtOnce < $0.value.lowerBound }
    }

    /// More than the events of a kind that a token and the end of a request can lead to.
    private static let mostAtOnce: UInt64 = 16

    private func checkCancelled() throws {
        if isCancelled() { throw BackfillError.cancelled }
    }

    /// All that can be read was read.
    private func atEnd(
        _ page: BackfillPage, _ hasMore: Bool, asked: [EventKind: Range<UInt64>]
    ) throws -> BackfillPage {
        // The stream has come further.
        guard source.position == nil, !hasMore else { return page.pending() }
        var page = page
        if page.events.isEmpty {
            let end = try place().next
            for (kind, range) in asked where range.lowerBound > end[kind] ?? 0 {
                throw BackfillError.notPublished(kind, range.lowerBound, next: end[kind] ?? 0)
            }
        }
        // There are no such events in this incarnation.
        page.rest = [:]
        return page
    }
}

extension OutputProfile {
    /// Those to whom such an output publishes these kinds of events.
    fileprivate func audience(of kinds: [EventKind]) -> Audience {
        Audience(
            next: kinds.contains(.next) && next != .never ? [next] : [],
            sentiment: kinds.contains(.sentiment) && sentiment != .never ? [sentiment] : [],
            stream: kinds.contains(.stream) && stream, error: kinds.contains(.error) && error)
    }
}
