import Client
import Debugger
import PlainText
import Terminal

/// Carries out commands one after the other and prints plain text: `replay step` without keys.
struct StepScript {
    let stepper: Stepper
    let look: StyledLine.Look
    let interruption: Interruption

    private static let width = 100

    /// - Returns: false if it is to stop.
    /// - Throws: `StepError`, `ExpressionError`, and what reading and writing fail with.
    func run(_ line: String) throws -> Bool {
        guard let command = try StepCommand(line) else { return true }
        let before = stepper.point.position
        let progress = ProgressLine()
        defer { progress.clear() }
        let said = try stepper.perform(command) { position in
            progress.show("searching: token \(position) (Ctrl-C stops)")
            return !interruption.isRequested
        }
        progress.clear()
        var lines = said.map { $0.escapedForTerminal() }
        switch command {
        case .quit: return false
        case .help: lines += StepHelp.lines
        case .show(let part): lines += try view.lines(part)
        default: if stepper.point.position != before { lines += try summary() }
        }
        if !lines.isEmpty {
            try TextOutput.standardOutput.write(lines.joined(separator: "\n") + "\n")
        }
        return true
    }

    private var view: StepView { StepView(stepper: stepper, width: Self.width, look: look) }

    /// What to say of a place that was gone to.
    private func summary() throws -> [String] {
        view.place + (try view.token().prefix(1)) + view.events
    }
}

extension StepView {
    fileprivate func lines(_ part: StepPart?) throws -> [String] {
        try part.map(lines) ?? all()
    }
}
