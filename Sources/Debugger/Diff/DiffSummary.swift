import Wire

/// The comparison of two sides over all segments.
package struct DiffSummary: Sendable {
    package private(set) var segments = 0
    package private(set) var differing = 0
    package private(set) var first: Segment?
    package private(set) var a = Side()
    package private(set) var b = Side()
    private var topCount = 0
    private var topAgreed = 0
    private var sentiments = Correlation()
    private var divergences = 0
    private var divergenceSum = 0.0

    /// The counters of one side.
    package struct Side: Sendable {
        package fileprivate(set) var tokens = 0
        package fileprivate(set) var bytes: UInt64 = 0
        fileprivate var bits = 0.0
        fileprivate var predictedBytes: UInt64 = 0

        /// Mean surprisal per byte of text, in bits.
        package var bitsPerByte: Double? {
            predictedBytes > 0 ? bits / Double(predictedBytes) : nil
        }

        fileprivate mutating func add(_ points: [SessionPoint]) {
            for token in points.lazy.compactMap(\.token) {
                let size = token.offset.upperBound - token.offset.lowerBound
                tokens += 1
                bytes += size
                guard let surprisal = token.surprisal else { continue }
                bits += Double(surprisal)
                predictedBytes += size
            }
        }
    }

    package mutating func add(_ segment: Segment) {
        segments += 1
        if segment.difference != nil {
            differing += 1
            first = first ?? segment
        }
        a.add(segment.a)
        b.add(segment.b)
        guard segment.isShared else { return }
        if let top = segment.a.last?.token?.candidates.first,
            let other = segment.b.last?.token?.candidates.first
        {
            topCount += 1
            if top.text == other.text { topAgreed += 1 }
        }
        if let one = segment.a.sentiment, let other = segment.b.sentiment {
            sentiments.add(one, other)
        }
        if let divergence = segment.divergence, divergence.isFinite {
            divergences += 1
            divergenceSum += divergence
        }
    }

    /// The share of places where both sides have the same most probable token.
    package var topAgreement: Double? {
        topCount > 0 ? Double(topAgreed) / Double(topCount) : nil
    }
    /// Pearson's correlation of the sentiment after each segment; nil where it does not vary.
    package var sentimentCorrelation: Double? { sentiments.value }
    /// Mean KL(A || B) in bits.
    package var meanDivergence: Double? {
        divergences > 0 ? max(0, divergenceSum / Double(divergences)) : nil
    }
}

/// Pearson's correlation, from running means (Welford).
struct Correlation: Sendable {
    private var count = 0.0
    private var means = (x: 0.0, y: 0.0)
    private var sums = (xx: 0.0, yy: 0.0, xy: 0.0)

    mutating func add(_ x: Double, _ y: Double) {
        count += 1
        let (dx, dy) = (x - means.x, y - means.y)
        means.x += dx / count
        means.y += dy / count
        sums.xx += dx * (x - means.x)
        sums.yy += dy * (y - means.y)
        sums.xy += dx * (y - means.y)
    }

    var value: Double? {
        let scale = (sums.xx * sums.yy).squareRoot()
        return scale > 0 ? sums.xy / scale : nil
    }
}
