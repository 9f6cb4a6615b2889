import HTTP
import Wire

/// What a request for published events asks for: `/streams/NAME/events?next=0-&limit=100`.
struct EventQuery {
    var backfill: ControlBackfill

    private static let kinds = EventKind.allCases.map(\.rawValue)
    private static let digits = 19

    /// - Parameter takesRanges: also the keys that only events have.
    /// - Throws: 400 for what is not understood.
    init(_ request: HTTPRequest, takesRanges: Bool) throws(HTTPRefusal) {
        let stream: StreamID
        let segments = try request.segments()
        do throws(Refusal) {
            stream = try StreamID(utf8: segments.count > 1 ? segments[1] : [])
        } catch {
            throw HTTPRefusal(.badRequest, "\(error)")
        }
        backfill = ControlBackfill(ControlPosition(stream), ranges: [:])
        var seen: Set<String> = []
        for (key, value) in try request.query() {
            guard seen.insert(key).inserted else {
                throw HTTPRefusal(.badRequest, "'\(key)' is in the query twice; expected once")
            }
            try take(key, value, takesRanges)
        }
        if takesRanges, backfill.ranges.isEmpty {
            for kind in EventKind.allCases { backfill.ranges[kind] = 0..<UInt64.max }
        }
    }

    private mutating func take(
        _ key: String, _ value: String, _ takesRanges: Bool
    ) throws(HTTPRefusal) {
        switch key {
        case "life": backfill.place.incarnation = try Self.number(key, value)
        case "output":
            backfill.place.output = Int(clamping: try Self.number(key, value))
        case "limit" where takesRanges:
            let limit = Int(clamping: try Self.number(key, value))
            guard ControlBackfill.limits.contains(limit) else {
                throw HTTPRefusal(
                    .badRequest,
                    "'limit' is \(value); expected \(ControlBackfill.limits.lowerBound) to "
                        + "\(ControlBackfill.limits.upperBound)")
            }
            backfill.limit = limit
        default:
            guard takesRanges, let kind = EventKind(rawValue: key) else {
                let known = ["life", "output"] + (takesRanges ? ["limit"] + Self.kinds : [])
                throw HTTPRefusal(
                    .badRequest,
                    "unknown key '\(key)' in the query; expected one of "
                        + known.joined(separator: ", "))
            }
            backfill.ranges[kind] = try Self.range(key, value)
        }
    }

    /// `17-20` for 17, 18 and 19; `17-` for an open end.
    private static func range(
        _ key: String, _ value: String
    ) throws(HTTPRefusal) -> Range<UInt64> {
        let ends = value.split(
            separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        guard ends.count == 2, let from = number(ends[0]),
            let to = ends[1].isEmpty ? .max : number(ends[1]), from <= to
        else {
            throw HTTPRefusal(
                .badRequest,
                "'\(key)' is '\(value)'; expected FROM-TO, two numbers from 0 of which the second is "
                    + "not included, or FROM-")
        }
        return from..<to
    }

    private static func number(_ key: String, _ value: String) throws(HTTPRefusal) -> UInt64 {
        guard let number = number(value[...]) else {
            throw HTTPRefusal(.badRequest, "'\(key)' is '\(value)'; expected a number from 0")
        }
        return number
    }

    private static func number(_ text: Substring) -> UInt64? {
        guard text.utf8.count <= digits, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return UInt64(text)
    }

    /// The query of what is left, to be asked for next.
    static func rest(of report: BackfillReport, output: Int, limit: Int) -> String {
        let ranges = EventKind.allCases.compactMap { kind in
            report.rest[kind].map { rest in
                let end = rest.range.upperBound == .max ? "" : "\(rest.range.upperBound)"
                return "\(kind.rawValue)=\(rest.range.lowerBound)-\(end)"
            }
        }
        return (["life=\(report.incarnation)", "output=\(output)", "limit=\(limit)"] + ranges)
            .joined(separator: "&")
    }
}
