import Client
import Terminal
import ZeroMQ

/// `ctl top` on a terminal: a table that is drawn again with each sample, until it is left.
struct TopTerminal: ~Copyable {
    private var client: ControlClient
    private let interval: Duration
    private let sampling: (inout ControlClient) throws -> TopSample
    private let terminal: RawTerminal
    private let signals: TerminalSignals
    private var painter = ScreenPainter()
    private var reader = KeyReader()
    private var order: TopView.Order
    private var view: TopView

    /// - Throws: `TerminalError` if there is no terminal.
    init(
        _ client: consuming ControlClient, every interval: Duration, order: TopView.Order,
        sampling: @escaping (inout ControlClient) throws -> TopSample
    ) throws {
        var client = client
        // All that can fail comes first: a part of a value that cannot be copied is not released.
        let view = TopView(try sampling(&client), since: nil)
        let terminal = try RawTerminal()
        let signals = try TerminalSignals(of: terminal)
        self.client = client
        self.interval = interval
        self.order = order
        self.sampling = sampling
        self.view = view
        self.terminal = terminal
        self.signals = signals
    }

    /// Until it is left. The terminal is then as it was, also after an error.
    mutating func run() throws {
        defer { terminal.leave() }
        try terminal.enter()
        var next = ContinuousClock.now + interval
        while true {
            try draw()
            for key in try keys(until: next) where !press(key) { return }
            try attend(to: signals.take())
            guard next <= .now else { continue }
            view = TopView(try sampling(&client), since: view.sample)
            next = .now + interval
        }
    }

    private mutating func draw() throws {
        let size = terminal.size
        let text = TopText(view: view, order: order, columns: size.columns)
        try terminal.write(painter.paint(text.screen(rows: size.rows)))
    }

    /// The keys that are pressed by then; none if the time is over or a signal came.
    private mutating func keys(until end: ContinuousClock.Instant) throws -> [Key] {
        var poller = Poller()
        poller.add(signals.wake)
        let input = Descriptor.standardInput
        let index = poller.add(fileDescriptor: input.number, owner: input)
        try poller.wait(timeout: max(.zero, ContinuousClock.now.duration(to: end)))
        guard poller.events(at: index) != [] else { return [] }
        let bytes = try terminal.read()
        // The terminal is gone.
        return bytes.isEmpty ? [.control("d")] : reader.keys(in: bytes)
    }

    private mutating func attend(to pending: TerminalSignals.Pending) throws {
        if pending.contains(.suspend) { try signals.suspend(terminal) }
        guard !pending.isEmpty else { return }
        try terminal.enter()
        painter.forget()
    }

    /// False if this key ends it.
    private mutating func press(_ key: Key) -> Bool {
        switch key {
        case .character("q"), .control("c"), .control("d"), .escape: return false
        case .character("r"): order = .rate
        case .character("t"): order = .tokens
        case .character("m"): order = .messages
        case .character("n"): order = .name
        default: break
        }
        return true
    }
}
