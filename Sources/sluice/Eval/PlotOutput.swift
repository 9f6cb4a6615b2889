import Client
import Foundation
import Plots

/// Where charts go: a file of SVG, or the standard output as text.
struct PlotOutput {
    let path: String

    /// - Throws: `ClientError`.
    func write(_ charts: [any Chart]) throws(ClientError) {
        guard path == "-" else { return try writeFile(SVGPage(charts).svg()) }
        let output = OutputStream.standardOutput
        let environment = ProcessInfo.processInfo.environment
        let colors = ColorDepth.chosen(
            by: .auto, isTerminal: output.isTerminal, environment: environment)
        for chart in charts {
            let text = chart.terminal(
                columns: output.columns ?? 80, rows: 20, colors: colors != .none)
            try output.write("\n\(text)")
        }
    }

    private func writeFile(_ svg: String) throws(ClientError) {
        do {
            try Data(svg.utf8).write(to: URL(filePath: path))
        } catch {
            throw .writeFailed(reason: "\(path): \(error.localizedDescription)")
        }
    }
}
