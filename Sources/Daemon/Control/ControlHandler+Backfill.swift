import Wire

/// Events that were published.
extension ControlHandler {
    /// - Parameter backfill: nil for the position.
    func begin(
        _ place: ControlPosition, _ backfill: ControlBackfill?, _ ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        guard let service = parts.backfill else { throw .durabilityOff }
        let inbox = inbox
        try service.ask(place, backfill) { inbox.add(.backfill($0), for: ticket) }
        return .waits(.backfill(place.stream))
    }

    static func outcome(
        _ result: Result<BackfillService.Answer, ControlRefusal>
    ) throws(ControlRefusal) -> ControlOutcome {
        switch try result.get() {
        case .position(let position): return ControlOutcome(position)
        case .events(let report, let frames):
            return ControlOutcome(report, payload: frames.messages)
        }
    }
}

extension ControlRefusal {
    static let durabilityOff = ControlRefusal(
        Code.durabilityOff, "nothing is kept: journal.durability is \"off\"")
}

extension EventFrames {
    /// `topic | body | sequence` of each event, one after the other.
    fileprivate var messages: [[UInt8]] {
        entries.flatMap { entry in
            let number = (0..<8).map { UInt8(truncatingIfNeeded: entry.sequence >> (8 * $0)) }
            return [Array(topic(of: entry)), Array(body(of: entry)), number]
        }
    }
}
