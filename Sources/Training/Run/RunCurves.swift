package import Foundation
internal import Model
internal import Plots

/// The curves of a run: losses by step, from its log.
package enum RunCurves {
    /// Writes the training and validation curves of a log as SVG, in nats per token or text.
    package static func draw(_ log: URL, to file: URL) throws {
        let lines = try RunLog.lines(of: log)
        func points(_ event: String, _ name: String) -> [(x: Double, y: Double)] {
            lines.filter { $0.event == event }.compactMap { line in
                guard let step = line.step, let y = line[name] else { return nil }
                return (Double(step), y)
            }
        }
        let all = [
            ("next token, training", thinned(points("step", "loss"))),
            ("next token, validation", points("validation", "loss")),
            ("sentiment, training", thinned(points("step", "sentiment_loss"))),
            ("sentiment, validation", points("validation", "sentiment_loss")),
        ]
        let series = all.filter { !$0.1.isEmpty }.map { Series(name: $0.0, points: $0.1) }
        let top = top(of: series)
        let chart = LineChart(
            title: "Loss by step", x: Axis(label: "step"),
            y: Axis(label: top.map { "nats; spikes beyond \(number($0)) are cut off" } ?? "nats"),
            series: series.map { $0.cut(at: top ?? .infinity) })
        do {
            try Data(chart.svg(width: 900, height: 500).utf8).write(to: file)
        } catch {
            throw ModelError(unwritable: file, error)
        }
    }

    private static func number(_ value: Double) -> String { String(format: "%.3g", value) }

    /// The value at which to cut curves, so that a few spikes do not flatten the rest; nil if there
    /// are no spikes. The first point and the lowest 98% of the points of a curve are not spikes.
    static func top(of series: [Series]) -> Double? {
        let usual = series.compactMap { series -> Double? in
            let values = series.points.map(\.y).filter(\.isFinite)
            guard let first = values.first else { return nil }
            let sorted = values.sorted()
            return max(first, sorted[(sorted.count - 1) * 49 / 50])
        }.max()
        let highest = series.flatMap(\.points).map(\.y).filter(\.isFinite).max()
        guard let usual, let highest, highest > 1.5 * usual else { return nil }
        return 1.1 * usual
    }

    /// Averages neighbouring points, so that at most 400 points remain.
    private static func thinned(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        let size = (points.count + 399) / 400
        guard size > 1 else { return points }
        return stride(from: 0, to: points.count, by: size).map { start in
            let some = points[start..<min(start + size, points.count)]
            let y = some.reduce(0) { $0 + $1.y } / Double(some.count)
            return (some.last?.x ?? 0, y)
        }
    }
}

extension Series {
    /// The series with higher values replaced by `top`.
    fileprivate func cut(at top: Double) -> Series {
        Series(name: name, points: points.map { ($0.x, min($0.y, top)) }, style: style)
    }
}
