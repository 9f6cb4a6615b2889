import ArgumentParser
import Client
import Debugger
import Engine
import Foundation
import Kernels
import Terminal

struct ReplayStep: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "step", abstract: "Step through a stream token by token, forward and back.",
        discussion: """
            A debugger for a stored stream. At each token it shows the text, the predictions, the \
            state and the gates. On a terminal it follows keys; ? lists them. With --commands, or \
            with commands from a pipe, it prints plain text.

              sluice replay step reviews
              sluice replay step reviews --at message:3
              sluice replay step reviews --break 'surprisal > 11' --break '|c[1][37]| > 3'
              sluice replay step reviews --break 'sentiment crosses 0' --commands 'c; show; C'
              echo 'go 670; show layers' | sluice replay step reviews

            A condition compares values of a token. Conditions are combined with and, or, not and \
            parentheses:

              surprisal > 12 and not text matches /the/i
              sentiment crosses 0                   crosses 0 at this token
              |c[1][37]| > 3                        unit 37 of the cell state of layer 1
              h[0][5] < -0.9 or f[0][5] > 0.95      a unit of h, a unit of a gate
              norm(c[1]) > 8                        the norm of a vector
              change(h[1]) > 2 * change(h[0])       the norm of its change at this token
              saturation(f[0]) > 0.5                share of units below 0.1 or above 0.9
              token == 670, id == 98, message > 3, epoch == 1, offset >= 5000
              text matches /regret|sorry/           true at the token where a match ends
              message_ends, reset, error            what this token comes with

            Regular expressions are those of PCRE2; one that takes too many steps is an error. \
            Semicolons separate commands; write \\; for a semicolon in a command.
            """)

    @OptionGroup var session: SessionOptions

    @Option(
        name: .customLong("break"),
        help: ArgumentHelp(
            "A condition to stop at; repeatable.", valueName: "condition"))
    var breakpoints: [String] = []

    @Option(
        help: ArgumentHelp(
            "Where to begin, as for the command go (default: the start).", valueName: "place"))
    var at: String?

    @Option(
        help: ArgumentHelp(
            "Run these commands, print their output, and exit.", valueName: "commands"))
    var commands: String?

    @Option(help: ArgumentHelp("Candidates to show.", valueName: "number"))
    var top = 5

    @OptionGroup var colors: ColorChoiceOptions

    func validate() throws {
        guard (1...Kernels.maxTop).contains(top) else {
            throw ValidationError("--top is from 1 to \(Kernels.maxTop)")
        }
    }

    func run() throws {
        var options = EngineOptions()
        options.top = top
        let stepper = try Stepper(session.open(), options: options)
        var said: [String] = []
        for expression in breakpoints { said.append(try stepper.addBreakpoint(expression)) }
        if let at, let command = try StepCommand("go " + at) {
            said += try stepper.perform(command) { _ in true }
        }
        try isInteractive ? runOnTerminal(stepper, said) : runScript(stepper)
    }

    private var isInteractive: Bool {
        commands == nil && Descriptor.standardInput.isTerminal
            && TextOutput.standardOutput.isTerminal
            && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    private func runOnTerminal(_ stepper: Stepper, _ said: [String]) throws {
        try StepTerminal(stepper, depth: colors.depth, said: said).run()
    }

    private func runScript(_ stepper: Stepper) throws {
        let interruption = try Interruption.ofSignals()
        let script = StepScript(stepper: stepper, look: colors.look, interruption: interruption)
        if let commands {
            _ = try run(commands, script, interruption)
        } else {
            try readCommands(interruption) { try run($0, script, interruption) }
        }
        if interruption.isRequested { throw ExitCode.interrupted }
    }

    /// Lines of the standard input, until the body has had enough or the user interrupts.
    private func readCommands(
        _ interruption: Interruption, _ body: (String) throws -> Bool
    ) throws {
        var input = try FileInput(paths: ["-"])
        var splitter = MessageSplitter(.line, longestPiece: 1 << 16)
        while !interruption.isRequested {
            var lines: [MessageSplitter.Piece] = []
            switch try input.read() {
            case .bytes(let bytes): splitter.append(bytes, to: &lines)
            case .endOfText: splitter.finish(&lines)
            case .pending: try input.wait(or: interruption)
            case .notice: break
            case .end: return
            }
            for line in lines {
                guard try body(String(decoding: line.text, as: UTF8.self)) else { return }
            }
        }
    }

    /// False if one of the commands ended it.
    private func run(
        _ commands: String, _ script: StepScript, _ interruption: Interruption
    ) throws -> Bool {
        for command in Self.split(commands) where !interruption.isRequested {
            guard try script.run(command) else { return false }
        }
        return true
    }

    /// At semicolons, but not those after `\`.
    private static func split(_ commands: String) -> [String] {
        commands.replacing("\\;", with: "\u{0}").split(separator: ";")
            .map { String($0).replacing("\u{0}", with: ";") }
    }
}
