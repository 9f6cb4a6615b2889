import Client
import Debugger
import Terminal
import ZeroMQ

/// `replay step` on a terminal: a screen that follows the keys.
final class StepTerminal {
    private let stepper: Stepper
    private let depth: ColorDepth
    private let terminal: RawTerminal
    private let signals: TerminalSignals
    private var painter = ScreenPainter()
    private var reader = KeyReader()
    private var said: [String]
    private var prompt: (sign: String, start: String, editor: LineEditor)?
    /// Lines that were typed, by what they began with.
    private var typed: [String: [String]] = [:]
    /// As of a screen.
    private var helpStart: Int?
    private var lastProgress = ContinuousClock.now

    /// - Parameter said: what there is to say at the beginning.
    /// - Throws: `ClientError` if there is no terminal, `ZeroMQError`.
    init(_ stepper: Stepper, depth: ColorDepth, said: [String]) throws {
        self.stepper = stepper
        self.depth = depth
        self.said = said
        terminal = try RawTerminal()
        signals = try TerminalSignals(of: terminal)
    }

    /// Until it is left. The terminal is then as it was, also after an error.
    func run() throws {
        defer { terminal.leave() }
        try terminal.enter()
        while true {
            try draw()
            try wait()
            try attend(to: signals.take())
            for key in try keys() where try !press(key) { return }
        }
    }

    // MARK: Drawing

    private func draw(_ progress: String? = nil) throws {
        let screen = screen(progress)
        let cursor = prompt.map {
            (row: screen.size.rows - 1, column: $0.sign.columns + $0.editor.cursorColumn)
        }
        try terminal.write(painter.paint(try screen.lines(), cursor: cursor))
    }

    private func screen(_ progress: String? = nil) -> StepScreen {
        let size = terminal.size
        let look = StyledLine.Look(depth: depth, hasAttributes: true)
        var screen = StepScreen(
            view: StepView(stepper: stepper, width: size.columns, look: look), size: size)
        screen.said = progress.map { [$0] } ?? said
        screen.helpStart = helpStart
        screen.prompt = prompt.map { ($0.sign, $0.editor.text) }
        return screen
    }

    // MARK: Waiting

    private func wait(timeout: Duration? = nil) throws {
        var poller = Poller()
        poller.add(signals.wake)
        let input = Descriptor.standardInput
        poller.add(fileDescriptor: input.number, owner: input)
        try poller.wait(timeout: timeout)
    }

    private func keys() throws -> [Key] {
        var poller = Poller()
        let input = Descriptor.standardInput
        let index = poller.add(fileDescriptor: input.number, owner: input)
        try poller.wait(timeout: .zero)
        guard poller.isReadable(index) || poller.events(at: index) != [] else { return [] }
        let bytes = try terminal.read()
        // The terminal is gone.
        return bytes.isEmpty ? [.control("d")] : reader.keys(in: bytes)
    }

    private func attend(to pending: TerminalSignals.Pending) throws {
        if pending.contains(.suspend) { try signals.suspend(terminal) }
        guard !pending.isEmpty else { return }
        // Another process may have changed the terminal while this one was stopped.
        try terminal.enter()
        painter.forget()
    }

    /// During a search: whether to continue. Shows now and then how far it is.
    private func shouldContinue(_ position: UInt64) -> Bool {
        guard ContinuousClock.now - lastProgress > .milliseconds(100) else { return true }
        lastProgress = .now
        do {
            try attend(to: signals.take())
            try draw("searching: token \(position) (Ctrl-C stops)")
            return try !keys().contains { $0 == .control("c") || $0 == .escape }
        } catch {
            return false
        }
    }

    // MARK: Keys

    /// False if this key ends it.
    private func press(_ key: Key) throws -> Bool {
        if helpStart != nil {
            let leaves = key == .character("q") || key == .escape
            helpStart = leaves ? nil : screen().nextHelpStart
            return true
        }
        if prompt != nil { return try type(key) }
        switch StepKeys.action(of: key) {
        case .perform(let command): try perform { command }
        case .type(let sign, let start):
            said = []
            prompt = (sign, start, LineEditor(history: typed[start] ?? []))
        case .help: helpStart = 0
        case .quit: return false
        case .suspend:
            try signals.suspend(terminal)
            painter.forget()
        case .redraw: painter.forget()
        case .nothing: break
        }
        return true
    }

    private func type(_ key: Key) throws -> Bool {
        switch prompt?.editor.press(key) {
        case .entered:
            guard let (_, start, editor) = prompt else { return true }
            prompt = nil
            typed[start, default: []].append(editor.text)
            return try enter(start + editor.text)
        case .cancelled: prompt = nil
        case .typing, nil: break
        }
        return true
    }

    private func enter(_ line: String) throws -> Bool {
        var isLast = false
        try perform {
            let command = try StepCommand(line)
            if case .quit = command { isLast = true }
            if case .help = command { helpStart = 0 }
            return command
        }
        return !isLast
    }

    private func perform(_ command: () throws -> StepCommand?) throws {
        lastProgress = .now
        do {
            said =
                try command().map { try stepper.perform($0, shouldContinue: shouldContinue) } ?? []
        } catch let error as StepError {
            said = [error.description]
        } catch let error as ExpressionError {
            said = error.description.split(separator: "\n").map(String.init)
        }
    }
}
