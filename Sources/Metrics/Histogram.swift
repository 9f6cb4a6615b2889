import Synchronization

/// How often a measured value fell into each of a few fixed ranges.
///
/// A record costs a few comparisons and two relaxed atomic operations: for each step, message or
/// commit, never for each token.
package final class Histogram: Metric {
    package let declaration: MetricDeclaration
    /// Greatest value of each bucket but the last, which has none; ascending, in base units.
    package let bounds: [Double]
    private let buckets: [Bucket]
    /// The bits of a `Double`.
    private let sum = Atomic<UInt64>(0)

    private final class Bucket: Sendable {
        let count = Atomic<Int>(0)
    }

    /// - Parameter bounds: ascending, in base units.
    package init(
        _ name: String, _ help: String, unit: MetricDeclaration.Unit = .none, bounds: [Double],
        exposedAs: String? = nil
    ) {
        declaration = MetricDeclaration(name, .histogram, unit, help, exposedAs: exposedAs)
        self.bounds = bounds
        buckets = (0...bounds.count).map { _ in Bucket() }
    }

    /// - Parameters:
    ///   - value: in base units.
    ///   - count: how often it was found.
    package func record(_ value: Double, count: Int = 1) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        buckets[index].count.add(count, ordering: .relaxed)
        add(value * Double(count))
    }

    /// - Parameter nanoseconds: from a monotonic clock; less than none counts as none.
    package func record(nanoseconds: Int64, count: Int = 1) {
        record(Double(max(0, nanoseconds)) * 1e-9, count: count)
    }

    private func add(_ value: Double) {
        var old = sum.load(ordering: .relaxed)
        while true {
            let new = (Double(bitPattern: old) + value).bitPattern
            let (isStored, found) = sum.weakCompareExchange(
                expected: old, desired: new, ordering: .relaxed)
            if isStored { return }
            old = found
        }
    }

    // MARK: Reading

    /// Of each bucket by itself.
    private var counts: [Int] { buckets.map { $0.count.load(ordering: .relaxed) } }

    package var count: Int { counts.reduce(0, +) }

    package var samples: [MetricSample] {
        var below = 0
        var samples: [MetricSample] = []
        for (index, count) in counts.enumerated() {
            below += count
            let bound = index < bounds.count ? PrometheusText.number(bounds[index]) : "+Inf"
            samples.append(.init(Double(below), suffix: "_bucket", labels: [.init("le", bound)]))
        }
        let sum = Double(bitPattern: sum.load(ordering: .relaxed))
        return samples + [.init(sum, suffix: "_sum"), .init(Double(below), suffix: "_count")]
    }

    /// Estimated as Prometheus does: evenly spread within a bucket. Nil without a record.
    ///
    /// - Parameter quantile: 0 to 1.
    package func quantile(_ quantile: Double) -> Double? {
        let counts = counts
        let total = counts.reduce(0, +)
        guard total > 0 else { return nil }
        let rank = quantile * Double(total)
        var below = 0.0
        for (index, bound) in bounds.enumerated() {
            let count = Double(counts[index])
            if count > 0, below + count >= rank {
                let start = index == 0 ? 0 : bounds[index - 1]
                return start + (bound - start) * (rank - below) / count
            }
            below += count
        }
        return bounds.last
    }
}

extension [Double] {
    /// Times from 10 µs to 100 s.
    package static var times: [Double] {
        [
            1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1,
            0.25, 0.5, 1, 2.5, 5, 10, 30, 100,
        ]
    }

    /// 1, 2, 4 and so on.
    package static func powersOfTwo(through last: Int) -> [Double] {
        sequence(first: 1.0) { $0 * 2 <= Double(last) ? $0 * 2 : nil }.map(\.self)
    }

    /// Sizes from 256 bytes to 64 MiB.
    package static var sizes: [Double] {
        sequence(first: 256.0) { $0 * 4 <= Double(64 << 20) ? $0 * 4 : nil }.map(\.self)
    }
}
