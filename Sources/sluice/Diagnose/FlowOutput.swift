import Bench
import Foundation
import PlainText
import Plots
import Terminal
import Training

/// One curve of a gradient's flow, with its name.
struct NamedFlow {
    let group: String
    let name: String
    let flow: GradientFlow

    fileprivate var title: String { "\(group), \(name)".escapedForTerminal() }
}

/// Gradient flows as a table, a plot in the terminal, SVG and JSON lines.
struct FlowOutput {
    /// The global norm that clipped columns and curves are for.
    let clip: Double
    let json: Bool
    let plot: String?

    func write(_ body: () throws -> [NamedFlow]) throws {
        // Text includes the charts.
        let drawing = PlotOutput(path: plot == "-" ? nil : plot) { charts in
            SVGPage(charts, columns: 1).svg(width: 760, height: 420)
        }
        try drawing.draw {
            let flows = try body()
            let output = TextOutput.standardOutput
            if json {
                for flow in flows { try output.write(line(flow) + "\n") }
            } else {
                try output.write(table(flows))
                try output.write(terminalPlots(flows))
            }
            return charts(flows)
        }
    }

    // MARK: Text

    private func table(_ flows: [NamedFlow]) -> String {
        var lags = Self.shownLags(flows)
        var byLag = byLag(flows, lags)
        let columns = TextOutput.standardOutput.columns ?? .max
        // Without room for all lags, the longest matters most.
        while byLag.width > columns, lags.count > 1 {
            lags.remove(at: lags.count - 2)
            byLag = self.byLag(flows, lags)
        }
        return """
            Norm of the gradient of the loss with respect to the state k steps before, relative to
            lag 0.

            \(byLag.text())
            Norms: with respect to the state at lag 0, to all parameters, and to these after clipping.

            \(norms(flows).text())

            """
    }

    private func byLag(_ flows: [NamedFlow], _ lags: [Int]) -> AlignedTable {
        var table = AlignedTable(
            ["network", "verdict", "< 1/1000 at"] + lags.map { "lag \($0)" })
        for named in flows {
            table.add(
                [
                    named.title, named.flow.verdict.rawValue,
                    named.flow.lagOfAThousandth.map { "\($0)" } ?? "-",
                ] + lags.map { short(named.flow.relative($0)) })
        }
        return table
    }

    private func norms(_ flows: [NamedFlow]) -> AlignedTable {
        var table = AlignedTable(["network", "|dL/dh|", "|dL/dw|", "clipped"])
        for named in flows {
            let flow = named.flow
            table.add([
                named.title, short(flow.norms[0]), short(flow.parameterNorm),
                short(flow.clipped(to: clip).parameterNorm),
            ])
        }
        return table
    }

    /// The lags in the table: 1, 5, 10, … and the longest.
    private static func shownLags(_ flows: [NamedFlow]) -> [Int] {
        guard let longest = flows.first.map({ $0.flow.norms.count - 1 }) else { return [] }
        return [1, 5, 10, 20, 50, 100, 200, 500].filter { $0 < longest } + [longest]
    }

    private func terminalPlots(_ flows: [NamedFlow]) -> String {
        let output = TextOutput.standardOutput
        let columns = min(output.columns ?? 80, 110)
        return charts(flows).map {
            $0.terminal(columns: columns, rows: 18, colors: PlotOutput.hasColors(output))
        }.joined(separator: "\n\n") + "\n"
    }

    private func short(_ value: Double) -> String {
        (0.001..<10_000).contains(value)
            ? String(format: "%.4g", value) : String(format: "%.1e", value)
    }

    // MARK: Charts

    /// A chart for each group, with dashed curves after clipping where that changes any.
    private func charts(_ flows: [NamedFlow]) -> [LineChart] {
        let groups = flows.reduce(into: [String]()) { groups, flow in
            if !groups.contains(flow.group) { groups.append(flow.group) }
        }
        return groups.map { group in
            let some = flows.filter { $0.group == group }
            let clipped = some.enumerated().filter { $0.element.flow.parameterNorm > clip }
            let series =
                some.map { Series(name: $0.name, points: Self.points($0.flow)) }
                + clipped.map { index, named in
                    Series(
                        name: "\(named.name), clipped",
                        points: Self.points(named.flow.clipped(to: clip)), style: .dashed,
                        color: index)
                }
            return LineChart(
                title: "Gradient by lag: \(group.escapedForTerminal())",
                x: Axis(label: "lag (steps back)"),
                y: Axis(label: "norm of dL/dh", scale: .log), series: series)
        }
    }

    /// Not below 1e-20, so that one vanishing curve does not flatten the others.
    private static func points(_ flow: GradientFlow) -> [(x: Double, y: Double)] {
        flow.norms.enumerated().filter { $0.element > 1e-20 }.map {
            (Double($0.offset), $0.element)
        }
    }

    // MARK: JSON

    private func line(_ named: NamedFlow) -> String {
        let flow = named.flow
        var line = JSONLine()
        line.add("group", named.group)
        line.add("name", named.name)
        line.add("norms", json: "[\(flow.norms.map(Self.number).joined(separator: ", "))]")
        line.add("parameter_norm", json: Self.number(flow.parameterNorm))
        line.add("lag_of_a_thousandth", json: flow.lagOfAThousandth.map { "\($0)" } ?? "null")
        line.add("verdict", flow.verdict.rawValue)
        line.add("clipped_parameter_norm", json: Self.number(flow.clipped(to: clip).parameterNorm))
        return line.description
    }

    private static func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.6g", value) : "null"
    }
}
