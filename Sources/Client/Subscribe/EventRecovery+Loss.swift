import Files
import Names
import Wire

/// Events that cannot be had any more.
extension EventRecovery {
    /// Codes of refusals of events that there are not.
    static var notThere: [String] {
        [
            ControlRefusal.Code.notPublished, ControlRefusal.Code.notKept,
            ControlRefusal.Code.noSuchLife, Refusal.Code.noSuchStream.rawValue,
        ]
    }

    /// Codes of refusals of these events alone.
    private static var lost: [String] {
        notThere + [ControlRefusal.Code.model, Refusal.Code.damaged.rawValue]
    }

    /// The next events. Those that are not kept, and those that cannot be computed, are left out and
    /// told.
    func nextPage(
        _ cursor: inout BackfillClient.Cursor, _ followed: FollowedStream
    ) throws -> [EventMessage]? {
        do {
            return try client.next(&cursor)
        } catch ClientError.declined(let refusal, by: _) where Self.lost.contains(refusal.code) {
            try giveUp(&cursor, try position(of: cursor), refusal, followed)
            return try client.next(&cursor)
        }
    }

    private func position(of cursor: BackfillClient.Cursor) throws -> PublishedPosition? {
        do {
            return try client.position(of: cursor.stream, incarnation: cursor.incarnation)
        } catch let error as ClientError where error.isRefusal(of: Self.lost) {
            return nil
        }
    }

    /// Leaves out what cannot be had.
    private func giveUp(
        _ cursor: inout BackfillClient.Cursor, _ position: PublishedPosition?,
        _ refusal: ControlRefusal, _ followed: FollowedStream
    ) throws(OutputError) {
        for (kind, range) in cursor.ranges {
            let end = max(
                range.lowerBound, min(range.upperBound, position?.next[kind] ?? range.upperBound))
            var first = end
            switch refusal.code {
            case ControlRefusal.Code.notPublished: first = range.lowerBound
            case ControlRefusal.Code.notKept:
                first = min(max(range.lowerBound, position?.first[kind] ?? end), end)
            default: break
            }
            let topic = Topic(kind, stream: Name(cursor.stream.text))
            if first == .max {
                try shown.note(
                    "missed events of \(topic.text); how many is not known: \(refusal.reason)")
            } else if first > range.lowerBound {
                let missing = followed.unshownCount(kind, range.lowerBound..<first)
                if missing > 0 {
                    try shown.noteMissing(missing, of: topic, because: refusal.reason)
                }
            }
            cursor.ranges[kind] = first < end ? first..<end : nil
        }
    }
}
