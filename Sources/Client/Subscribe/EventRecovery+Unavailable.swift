import Files
import Names
import Wire

/// Events that come while the daemon cannot be asked: what is missing is told, and recovered by a later
/// check, which compares all that was shown with what the daemon has.
extension EventRecovery {
    /// - Returns: whether the event is to be shown.
    func leaveOut(
        _ event: EventMessage, _ finding: SequenceTracker.Finding
    ) throws(OutputError) -> Bool {
        let (name, kind, number) = (event.topic.stream, event.topic.kind, event.sequence)
        guard var followed = streams[name] else {
            return try leaveOut(unfollowed: event, finding)
        }
        defer { streams[name] = followed }
        let digest = event.body.digest
        if finding == .repeated || followed.has(kind, number, digest) { return false }
        followed.isDoubtful = true
        guard !followed.hasStrays(kind), number >= followed.next(kind) else {
            return try leaveOut(stray: event, finding, &followed)
        }
        let missing = number - followed.next(kind)
        if missing > 0 { try tell(missing, of: event.topic) }
        followed.note(kind, number, digest)
        return true
    }

    /// It may be of another incarnation.
    private func leaveOut(
        stray event: EventMessage, _ finding: SequenceTracker.Finding,
        _ followed: inout FollowedStream
    ) throws(OutputError) -> Bool {
        switch finding {
        case .gap(let missing): try tell(missing, of: event.topic)
        case .restarted where event.sequence > 0: try tell(event.sequence, of: event.topic)
        default: break
        }
        guard followed.strayCount < Self.mostStrays else { return true }
        followed.noteStray(event.topic.kind, event.sequence, event.body.digest)
        return true
    }

    private static var mostStrays: Int { 1 << 18 }

    /// Of a stream that is not followed.
    func leaveOut(
        unfollowed event: EventMessage, _ finding: SequenceTracker.Finding
    ) throws(OutputError) -> Bool {
        switch finding {
        case .gap(let missing): try tell(missing, of: event.topic)
        case .restarted where event.sequence > 0: try tell(event.sequence, of: event.topic)
        case .repeated: return false
        default: break
        }
        return true
    }

    private func tell(_ missing: UInt64, of topic: Topic) throws(OutputError) {
        try shown.noteMissing(missing, of: topic)
        try tellProblem()
    }
}
