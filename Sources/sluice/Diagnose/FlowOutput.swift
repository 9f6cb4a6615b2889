import Bench
import Client
import Foundation
import Plots
import Training

/// One curve of a gradient's flow, and what it is called.
struct NamedFlow {
    let group: String
    let name: String
    let flow: GradientFlow
}

/// Gradient flows as a table, a plot in the terminal, SVG and JSON lines.
struct FlowOutput {
    let flows: [NamedFlow]
    /// The global norm that clipped columns and curves are for; nil for none.
    let clip: Double?

    func write(json: Bool, plot: String?) throws {
        let output = OutputStream.standardOutput
        if json {
            for flow in flows { try output.write(line(flow) + "\n") }
        } else {
            try output.write(table)
            try output.write(terminalPlots)
        }
        guard let plot else { return }
        let page = SVGPage(charts.map { $0 as any Chart }, columns: 1).svg(width: 760, height: 420)
        try NewFile.write(plot) { descriptor in try OutputStream(descriptor).write(page) }
    }

    /// Lags that the table shows: 1, 10, 100, … and the longest.
    private var shownLags: [Int] {
        guard let longest = flows.first.map({ $0.flow.norms.count - 1 }) else { return [] }
        return [1, 5, 10, 20, 50, 100, 200, 500].filter { $0 < longest } + [longest]
    }

    private var table: String {
        let lags = shownLags
        var columns = ["network                        ", "|dL/dh|  "]
        columns += lags.map { pad("lag \($0)", 9) }
        columns += ["< 1/1000 at", "verdict  ", "|dL/dw|  "]
        if clip != nil { columns.append("clipped  ") }
        let table = TextTable(columns)
        let rows = flows.map { named in
            let flow = named.flow
            var cells = [
                "\(named.group), \(named.name)", short(flow.norms[0]),
            ]
            cells += lags.map { short(flow.relative($0)) }
            cells += [
                flow.lagOfAThousandth.map { "\($0)" } ?? "-", flow.verdict.rawValue,
                short(flow.parameterNorm),
            ]
            if let clip { cells.append(short(flow.clipped(to: clip).parameterNorm)) }
            return table.row(cells)
        }
        return """
            Norm of the gradient of the loss with respect to the state k steps before, as a part of \
            that at lag 0.

            \(([table.header] + rows).joined(separator: "\n"))


            """
    }

    private var groups: [String] {
        flows.reduce(into: []) { if !$0.contains($1.group) { $0.append($1.group) } }
    }

    /// One chart for each group, with dashed curves after clipping where it changes any.
    private var charts: [LineChart] {
        groups.map { group in
            let some = flows.filter { $0.group == group }
            var series = some.map { Series(name: $0.name, points: points($0.flow)) }
            if let clip {
                for named in some where named.flow.parameterNorm > clip {
                    series.append(
                        Series(
                            name: "\(named.name), clipped",
                            points: points(named.flow.clipped(to: clip)), style: .dashed))
                }
            }
            return LineChart(
                title: "Gradient by lag: \(group)", x: Axis(label: "lag (steps back)"),
                y: Axis(label: "norm of dL/dh", scale: .log), series: series)
        }
    }

    /// Not below 1e-20, so that one vanishing curve does not flatten the others.
    private func points(_ flow: GradientFlow) -> [(x: Double, y: Double)] {
        flow.norms.enumerated().filter { $0.element > 1e-20 }.map {
            (Double($0.offset), $0.element)
        }
    }

    private var terminalPlots: String {
        let output = OutputStream.standardOutput
        let columns = min(output.columns ?? 80, 110)
        return charts.map {
            $0.terminal(columns: columns, rows: 18, colors: output.isTerminal)
        }.joined(separator: "\n\n") + "\n"
    }

    private func line(_ named: NamedFlow) -> String {
        let norms = named.flow.norms.map { number($0) }.joined(separator: ",")
        let lag = named.flow.lagOfAThousandth.map { "\($0)" } ?? "null"
        var members = """
            "group":"\(named.group)","name":"\(named.name)","norms":[\(norms)],\
            "parameter_norm":\(number(named.flow.parameterNorm)),"lag_of_a_thousandth":\(lag),\
            "verdict":"\(named.flow.verdict.rawValue)"
            """
        if let clip {
            let norm = named.flow.clipped(to: clip).parameterNorm
            members += ",\"clipped_parameter_norm\":\(number(norm))"
        }
        return "{\(members)}"
    }

    private func number(_ value: Double) -> String {
        value.isFinite ? String(format: "%.6g", value) : "null"
    }

    private func short(_ value: Double) -> String {
        (0.001..<10_000).contains(value)
            ? String(format: "%.4g", value) : String(format: "%.1e", value)
    }

    private func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
