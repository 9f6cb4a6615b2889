import Files
import Foundation
import Plots
import Terminal

/// The target of `--plot`: an SVG file, or text on the standard output for `-`.
struct PlotOutput {
    /// Nil to draw nothing.
    let path: String?
    /// Lays charts out on a page.
    var svg: ([any Chart]) -> String = { SVGPage($0).svg() }

    /// Draws the charts that `body` returns. A file that cannot be written is an error before it runs.
    func draw(_ body: () throws -> [any Chart]) throws {
        switch path {
        case nil: _ = try body()
        case "-": try Self.drawText(try body())
        case let path?:
            try OutputFile.check(path)
            let page = svg(try body())
            try OutputFile.write(path) { try TextOutput($0).write(page) }
        }
    }

    /// - Throws: `OutputError`.
    private static func drawText(_ charts: [any Chart]) throws(OutputError) {
        let output = TextOutput.standardOutput
        for chart in charts {
            let text = chart.terminal(
                columns: output.columns ?? 80, rows: 20, colors: hasColors(output))
            try output.write("\n\(text)")
        }
    }

    /// Whether text may have colours: on a terminal, unless `NO_COLOR` is set.
    static func hasColors(_ output: TextOutput) -> Bool {
        ColorDepth.chosen(
            by: .auto, isTerminal: output.isTerminal,
            environment: ProcessInfo.processInfo.environment) != .none
    }
}
