package import Engine
import Model
package import Replay
import Storage

/// Replays a session as recorded and as edited, in parallel.
///
/// Messages whose text is not edited have the same tokens in both and are compared token by token.
package final class WhatIf {
    private let recorded: MessageReader
    private let edited: MessageReader
    private let slots: [EditedMessages.Slot]
    private var slot = 0
    private var open: [Edit]
    private(set) package var summary = WhatIfSummary()

    /// A token of both sides, or of one side only.
    package struct Row: Sendable {
        package let recorded: SessionPoint?
        package let edited: SessionPoint?
        /// Whether the state was overwritten after this token.
        package var isOverwritten = false
        /// The distance of the states of all layers, h and c, relative to the norms of the recorded ones.
        package var distance: (h: Double, c: Double)?

        /// The larger of the two distances.
        package var effect: Double? { distance.map { max($0.h, $0.c) } }
    }

    /// - Parameters:
    ///   - edits: tokens are counted in the edited incarnation.
    ///   - epoch: the epoch of the edited messages.
    /// - Throws: `EditError`, `StorageError`, `MissingModelError`.
    package init(
        _ session: Session, edits: [Edit], epoch: UInt64 = 0,
        options: EngineOptions = EngineOptions()
    ) throws {
        let start = try Self.start(session, edits, epoch)
        let requests = try session.requests(from: start?.sequence ?? 0).map(\.record)
        let messages = try EditedMessages(requests, after: start, edits: edits, epoch: epoch)
        func reader(_ requests: [RequestRecord]) throws -> MessageReader {
            let list = requests.map { SessionRequest(record: $0) }
            let source = RequestSource(session, playing: list)
            return MessageReader(
                try PointReader(session, from: start, source: source, options: options))
        }
        recorded = try reader(requests)
        edited = try reader(messages.requests)
        slots = messages.slots
        open = edits.filter { $0.token != nil }
    }

    /// The nearest checkpoint before all edits.
    private static func start(
        _ session: Session, _ edits: [Edit], _ epoch: UInt64
    ) throws -> StreamSnapshot? {
        let places = edits.map { edit -> SessionPlace in
            if let token = edit.token { return .token(token + 1) }
            return .message(epoch: epoch, edit.message ?? 0)
        }
        let starts = try (places.isEmpty ? [.start] : places).map(session.beginning)
        return starts.min { $0.order < $1.order } ?? nil
    }

    /// Nil after the end of both sides.
    ///
    /// - Throws: `EditError` at the end, if the edited incarnation has no token with the number of an
    ///   edit.
    package func next() throws -> Row? {
        while slot < slots.count {
            if let row = try next(in: slots[slot]) {
                summary.add(row, isEdited: slots[slot].isEdited)
                return row
            }
            summary.finish(slots[slot])
            slot += 1
        }
        if let missed = open.first?.token { throw EditError.noToken(missed) }
        return nil
    }

    private func next(in slot: EditedMessages.Slot) throws -> Row? {
        let point = try recorded.next(in: slot.recorded)
        if slot.isEdited, let point { return Row(recorded: point, edited: nil) }
        let other = try takeEdited(in: slot)
        guard point != nil || other != nil else { return nil }
        var row = Row(
            recorded: point, edited: other?.point, isOverwritten: other?.isOverwritten ?? false)
        if let point, let other { row.distance = stateDistance(point, other.point) }
        return row
    }

    /// The next token of the edited incarnation, after the edits of the state.
    private func takeEdited(
        in slot: EditedMessages.Slot
    ) throws -> (point: SessionPoint, isOverwritten: Bool)? {
        guard var point = try edited.next(in: slot.edited) else { return nil }
        let due = open.filter { $0.token == point.position - 1 }
        guard !due.isEmpty else { return (point, false) }
        for edit in due { point.values = edit.applied(to: point.values, of: point.model.config) }
        open.removeAll { $0.token == point.position - 1 }
        edited.points.setValues(point.values)
        return (point, true)
    }
}

extension StreamSnapshot? {
    /// Nil stands for the incarnation's beginning.
    fileprivate var order: (UInt64, UInt64) { (self?.sequence ?? 0, self?.position ?? 0) }
}

/// The distance from a to b of the states of all layers, h and c, relative to the norms of a.
private func stateDistance(_ a: SessionPoint, _ b: SessionPoint) -> (h: Double, c: Double) {
    func relative(_ kind: StateLayout.Kind) -> Double {
        guard a.layout.kinds.contains(kind), a.layout == b.layout else { return 0 }
        let ranges = (0..<a.layout.layers).map { a.model.config.values(of: kind, layer: $0) }
        let distances = ranges.map { Float(distance(a.values[$0], b.values[$0])) }
        let norms = ranges.map { Float(euclideanNorm(of: a.values[$0])) }
        let (all, size) = (euclideanNorm(of: distances), euclideanNorm(of: norms))
        return all == 0 ? 0 : all / max(size, .leastNormalMagnitude)
    }
    return (relative(.h), relative(.c))
}

/// The tokens of one side, message by message.
private final class MessageReader {
    let points: PointReader
    private var peeked: SessionPoint?

    init(_ points: PointReader) { self.points = points }

    /// The next token; nil if it belongs to another message.
    func next(in place: EditedMessages.Place?) throws -> SessionPoint? {
        guard let place else { return nil }
        while peeked == nil, let point = try points.next() {
            if point.token != nil { peeked = point }
        }
        guard let point = peeked, point.epoch == place.epoch, point.token?.message == place.message
        else { return nil }
        peeked = nil
        return point
    }
}
