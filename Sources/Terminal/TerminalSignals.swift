internal import Dispatch
internal import Glibc
internal import Synchronization
package import Threads

/// Handles signals of a program on a raw terminal. Signals that end or stop it restore the terminal
/// first; signals that change the terminal ask for a new drawing.
package final class TerminalSignals {
    package struct Pending: OptionSet, Sendable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// The screen has another size, or another program has written on it.
        package static let redraw = Pending(rawValue: 1)
        /// To be stopped, as by Ctrl-Z.
        package static let suspend = Pending(rawValue: 2)
    }

    private let receiver: Receiver
    private let sources: [any DispatchSourceSignal]

    private static let handled = Receiver.ending + [SIGTSTP, SIGCONT, SIGWINCH]

    /// Handles signals from its end on. To be made before the terminal is entered.
    ///
    /// - Throws: `WakeEventError` where no event can be made.
    package init(of terminal: RawTerminal) throws(WakeEventError) {
        let receiver = Receiver(terminal, wake: try WakeEvent())
        self.receiver = receiver
        let queue = DispatchQueue(label: "terminal signals")
        sources = Self.handled.map { DispatchSource.makeSignalSource(signal: $0, queue: queue) }
        let isReady = DispatchSemaphore(value: 0)
        for (number, source) in zip(Self.handled, sources) {
            source.setEventHandler { receiver.receive(number) }
            source.setRegistrationHandler { isReady.signal() }
            source.resume()
        }
        // A signal that came before would do what it does by default.
        for _ in sources { isReady.wait() }
    }

    deinit {
        for source in sources { source.cancel() }
        for number in Self.handled { signal(number, SIG_DFL) }
    }

    /// Readable while something is pending.
    package var wake: WakeEvent { receiver.wake }

    /// The signals since the last call.
    package func take() -> Pending { receiver.take() }

    /// Stops the process, with the terminal restored meanwhile.
    package func suspend(_ terminal: RawTerminal) throws {
        terminal.leave()
        // Sent to this thread, so that it does not continue before all threads have stopped.
        pthread_kill(pthread_self(), SIGSTOP)
        try terminal.enter()
    }
}

/// Acts on a signal, whatever the program is doing.
private final class Receiver: Sendable {
    static let ending = [SIGINT, SIGTERM, SIGHUP]

    let wake: WakeEvent
    private let terminal: RawTerminal
    private let pending = Atomic<UInt8>(0)

    init(_ terminal: RawTerminal, wake: WakeEvent) {
        self.terminal = terminal
        self.wake = wake
    }

    func receive(_ number: Int32) {
        if Self.ending.contains(number) {
            terminal.leave()
            _exit(128 + number)
        }
        let asked: TerminalSignals.Pending = number == SIGTSTP ? .suspend : .redraw
        pending.bitwiseOr(asked.rawValue, ordering: .acquiringAndReleasing)
        wake.signal()
    }

    func take() -> TerminalSignals.Pending {
        wake.clear()
        return .init(rawValue: pending.exchange(0, ordering: .acquiringAndReleasing))
    }
}
