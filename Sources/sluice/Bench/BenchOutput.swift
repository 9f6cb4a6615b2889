import ArgumentParser
import Bench
import Client
import Terminal

/// Prints results as they arrive; on a terminal, also what is being measured.
final class BenchOutput {
    let interruption: Interruption
    private let json: Bool
    private var table: TextTable?
    private let progressLine = ProgressLine(firstPause: .zero, pause: .zero)

    /// Catches Ctrl-C from now on.
    init(json: Bool) throws {
        self.json = json
        interruption = try Interruption.ofSignals()
    }

    func begin(_ title: String, columns: [String]) throws {
        guard !json else { return }
        let table = TextTable(columns)
        let gap = self.table == nil ? "" : "\n"
        try write("\(gap)\(title)\n\n\(table.header)\n")
        self.table = table
    }

    func add(_ line: JSONLine, cells: @autoclosure () -> [String]) throws {
        clearProgress()
        try write((json ? line.description : table?.row(cells()) ?? "") + "\n")
    }

    /// A result that is not a row of the table.
    func add(_ line: JSONLine, note: @autoclosure () -> String) throws {
        clearProgress()
        try write((json ? line.description : note()) + "\n")
    }

    func note(_ text: String) throws {
        clearProgress()
        if !json { try write(text + "\n") }
    }

    func progress(_ text: String) { progressLine.show("measuring \(text) …") }

    func clearProgress() { progressLine.clear() }

    private func write(_ text: String) throws { try TextOutput.standardOutput.write(text) }
}

/// Runs a benchmark. Ctrl-C ends it with the exit code of an interruption.
func benchmarking(json: Bool, _ body: (BenchOutput) throws -> Void) throws {
    let output = try BenchOutput(json: json)
    defer { output.clearProgress() }
    do {
        try body(output)
    } catch is Interrupted {
        throw ExitCode.interrupted
    }
}
