import Dispatch
import Engine
import Foundation
import Synchronization
import Threads

/// The log of a served daemon: its endpoints, and its counters once a second.
final class StatisticsLog: Sendable {
    struct Sample: Sendable {
        let time: ContinuousClock.Instant
        /// Rows of all steps: tokens, start tokens and separators.
        let rows: Int
        let steps: Int
        /// Streams of all steps.
        let turns: Int
    }

    private struct State {
        var rest = ""
        var lines: [String] = []
        var samples: [Sample] = []
        var hasEnded = false
    }

    private let state = Mutex(State())
    private let changed = MonotonicSemaphore()

    /// Lines kept, to show when the daemon fails.
    private static let kept = 20

    /// Reads until the pipe ends.
    func read(_ pipe: FileHandle) {
        pipe.readabilityHandler = { [self] handle in
            let data = handle.availableData
            if data.isEmpty { handle.readabilityHandler = nil }
            add(String(decoding: data, as: UTF8.self), isEnd: data.isEmpty)
        }
    }

    private func add(_ text: String, isEnd: Bool) {
        state.withLock { state in
            var lines = (state.rest + text).split(separator: "\n", omittingEmptySubsequences: false)
            state.rest = String(lines.removeLast())
            for line in lines { Self.add(String(line), to: &state) }
            state.hasEnded = isEnd
        }
        changed.signal()
    }

    private static func add(_ line: String, to state: inout State) {
        state.lines = state.lines.suffix(kept - 1) + [line]
        guard let rows = value("rows", in: line).flatMap({ Int($0) }),
            let steps = value("steps", in: line).flatMap({ Int($0) }),
            let turns = value("turns", in: line).flatMap({ Int($0) })
        else { return }
        state.samples.append(Sample(time: .now, rows: rows, steps: steps, turns: turns))
    }

    /// Of ` key=value ` in a line of metadata.
    static func value(_ key: String, in line: String) -> String? {
        let parts = line.split(separator: " ")
        return parts.first { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    /// The first line that has these keys; nil if the log ends or the time is over before.
    func waitForLine(with keys: [String], until deadline: DispatchTime) -> String? {
        while true {
            let (line, hasEnded) = state.withLock { state in
                let line = state.lines.first { line in
                    keys.allSatisfy { Self.value($0, in: line) != nil }
                }
                return (line, state.hasEnded)
            }
            if line != nil || hasEnded { return line }
            guard changed.wait(until: deadline) else { return nil }
        }
    }

    var lastLines: String { state.withLock { $0.lines.joined(separator: "\n") } }

    /// The first and last samples between two times; nil if the daemon did no step between them.
    func samples(
        from start: ContinuousClock.Instant, to end: ContinuousClock.Instant
    ) -> (first: Sample, last: Sample)? {
        let samples = state.withLock { $0.samples }.filter { start <= $0.time && $0.time <= end }
        guard let first = samples.first, let last = samples.last, last.steps > first.steps else {
            return nil
        }
        return (first, last)
    }
}
