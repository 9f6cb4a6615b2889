import Files
import Foundation
import Plots
import Terminal

/// Where `--plot` has charts drawn: into a file of SVG, or as text on the standard output for `-`.
struct PlotOutput {
    private let path: String?
    private let svg: ([any Chart]) -> String

    /// - Parameters:
    ///   - path: nil where nothing is to be drawn.
    ///   - svg: lays charts out on a page.
    init(_ path: String?, svg: @escaping ([any Chart]) -> String = { SVGPage($0).svg() }) {
        self.path = path
        self.svg = svg
    }

    /// Draws what `body` returns. A file that cannot be written is told before it.
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

    /// Whether text on it may have colours: on a terminal, unless `NO_COLOR` says otherwise.
    static func hasColors(_ output: TextOutput) -> Bool {
        ColorDepth.chosen(
            by: .auto, isTerminal: output.isTerminal,
            environment: ProcessInfo.processInfo.environment) != .none
    }
}
