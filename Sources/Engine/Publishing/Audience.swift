import Kernels
import Wire

/// Which events of a stream are published at all: what its digest of events is computed from.
///
/// An event is encoded once for all outputs, so that the number of outputs does not matter, only
/// which cadences have a subscriber.
package struct Audience: Hashable, Sendable {
    package private(set) var next: [Cadence] = []
    package private(set) var sentiment: [Cadence] = []
    package private(set) var stream = false
    package private(set) var error = false
    /// Candidates in a `next` event; nil where there is none.
    package var top: Int?

    package init() {}

    package init(
        next: [Cadence] = [], sentiment: [Cadence] = [], stream: Bool = false, error: Bool = false
    ) {
        self.next = next
        self.sentiment = sentiment
        self.stream = stream
        self.error = error
    }

    /// Of the outputs that want something of one stream.
    init(_ profiles: [OutputProfile], _ wanted: Wanted) {
        for (output, profile) in profiles.enumerated() {
            if wanted.contains(.next, output: output) { Self.add(profile.next, to: &next) }
            if wanted.contains(.sentiment, output: output) {
                Self.add(profile.sentiment, to: &sentiment)
            }
            stream = stream || (profile.stream && wanted.contains(.stream, output: output))
            error = error || (profile.error && wanted.contains(.error, output: output))
        }
        next.sort { $0.text < $1.text }
        sentiment.sort { $0.text < $1.text }
    }

    private static func add(_ cadence: Cadence, to cadences: inout [Cadence]) {
        if cadence != .never, !cadences.contains(cadence) { cadences.append(cadence) }
    }

    package mutating func formUnion(_ other: Audience) {
        for cadence in other.next { Self.add(cadence, to: &next) }
        for cadence in other.sentiment { Self.add(cadence, to: &sentiment) }
        stream = stream || other.stream
        error = error || other.error
        top = top ?? other.top
    }

    /// Outputs that together publish just this.
    package var profiles: [OutputProfile] {
        (0..<max(1, next.count, sentiment.count)).map { index in
            var profile = OutputProfile()
            profile.next = index < next.count ? next[index] : .never
            profile.sentiment = index < sentiment.count ? sentiment[index] : .never
            profile.stream = index == 0 && stream
            profile.error = index == 0 && error
            return profile
        }
    }
}

// MARK: As text

/// Such as `next=token top=5 sentiment=message,token+message stream error`.
extension Audience: LosslessStringConvertible {
    package var description: String {
        var parts: [String] = []
        if !next.isEmpty { parts.append("next=" + next.map(\.text).joined(separator: ",")) }
        if let top { parts.append("top=\(top)") }
        if !sentiment.isEmpty {
            parts.append("sentiment=" + sentiment.map(\.text).joined(separator: ","))
        }
        if stream { parts.append("stream") }
        if error { parts.append("error") }
        return parts.joined(separator: " ")
    }

    package init?(_ text: String) {
        for part in text.split(separator: " ") {
            let (name, value) = Self.halves(part)
            if name == "top", let count = value.flatMap({ Int($0) }) {
                guard (1...Kernels.maxTop).contains(count) else { return nil }
                top = count
                continue
            }
            switch (name, value.flatMap(Self.cadences)) {
            case ("next", let cadences?): next = cadences
            case ("sentiment", let cadences?): sentiment = cadences
            case ("stream", nil) where value == nil: stream = true
            case ("error", nil) where value == nil: error = true
            default: return nil
            }
        }
    }

    private static func halves(_ part: Substring) -> (Substring, Substring?) {
        let halves = part.split(separator: "=", maxSplits: 1)
        return (halves.first ?? "", halves.count == 2 ? halves[1] : nil)
    }

    private static func cadences(_ text: Substring) -> [Cadence]? {
        let parts = text.split(separator: ",")
        let cadences = parts.compactMap { Cadence(text: $0) }
        // Each has an output of its own.
        guard cadences.count == parts.count, cadences.count <= Demand.mostOutputs,
            Set(cadences).count == cadences.count
        else { return nil }
        return cadences
    }
}
