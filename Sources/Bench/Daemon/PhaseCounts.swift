import Histogram

/// What the driver has counted in a phase.
struct PhaseCounts {
    var tokens = 0
    var messages = 0
    var sequenceGaps = 0
    var errors = 0
    private var latencies = Histogram<UInt64>(
        highestTrackableValue: 3_600_000_000, numberOfSignificantValueDigits: .three)

    mutating func record(_ latency: Duration) {
        latencies.record(UInt64(max(0, latency / .microseconds(1))))
    }

    var latencyCount: Int { Int(latencies.totalCount) }

    /// In milliseconds; nil if there is none.
    func latency(percentile: Double) -> Double? {
        guard latencyCount > 0 else { return nil }
        return Double(latencies.valueAtPercentile(percentile)) / 1000
    }
}
