package import Dispatch

/// Times from a few beginnings to one end. Things that began together, such as the messages of one
/// batch, are recorded together, so that the clock is read once for all of them.
package struct Latencies: ~Copyable {
    private var runs: [(start: DispatchTime, count: Int)] = []

    package init() {}

    package mutating func add(_ start: DispatchTime?) {
        guard let start else { return }
        if let last = runs.indices.last, runs[last].start == start {
            runs[last].count += 1
        } else {
            runs.append((start, 1))
        }
    }

    /// Records what was added, and begins anew.
    package mutating func record(in histogram: Histogram) {
        guard !runs.isEmpty else { return }
        let end = DispatchTime.now().uptimeNanoseconds
        for run in runs {
            let time = Int64(bitPattern: end) - Int64(bitPattern: run.start.uptimeNanoseconds)
            histogram.record(nanoseconds: time, count: run.count)
        }
        runs.removeAll(keepingCapacity: true)
    }
}
