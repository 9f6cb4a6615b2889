import ArgumentParser
import Bench
import Client
import Terminal

/// Prints results as they arrive; on a terminal, also what is being measured.
final class BenchOutput {
    let interruption: Interruption
    private let json: Bool
    private var table: TextTable?
    private var keys: [String] = []
    private let progressLine = ProgressLine(firstPause: .zero, pause: .zero)

    /// Catches Ctrl-C from now on.
    init(json: Bool) throws {
        self.json = json
        interruption = try Interruption.ofSignals()
    }

    /// - Parameter columns: titles, and the keys of their cells.
    func begin(_ title: String, columns: KeyValuePairs<String, String>) throws {
        guard !json else { return }
        let table = TextTable(columns.map(\.key))
        keys = columns.map(\.value)
        let gap = self.table == nil ? "" : "\n"
        try write("\(gap)\(title)\n\n\(table.header)\n")
        self.table = table
    }

    /// - Parameter note: of a result that is not a row of the table.
    func add(_ line: JSONLine, note: String? = nil) throws {
        clearProgress()
        let text = note ?? table?.row(line.cells(keys)) ?? ""
        try write((json ? line.description : text) + "\n")
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
