import Engine
import Metrics
import Threads
import Wire
import ZeroMQ

/// The loop of the socket thread of acknowledged inputs: messages in, acknowledgements out.
struct AcknowledgedLoop {
    private enum Phase {
        case receiving
        /// Taking in what had arrived at the stop, no longer than until then.
        case sweeping(until: ContinuousClock.Instant)
        /// Taking in no more; the last messages still need room in the inbox.
        case handingOver
        case acknowledging
    }

    private let sockets: [InputSocket]
    private let socketByInput: [Int: InputSocket]
    private let inbox: Mailbox<EngineInput>
    private let acknowledgements: AcknowledgementQueue
    /// Wakes by the event of the acknowledgements.
    private let changes: Mailbox<InputChange>
    /// Asks the loop to take in what has arrived, and from then on only to acknowledge.
    private let stop: StopSignal
    private let pulse: Pulse
    private var phase = Phase.receiving
    /// When something was last taken in.
    private var lastArrival = ContinuousClock.now
    /// Taken in, but without room in the inbox so far.
    private var held: [EngineInput] = []

    init(
        _ sockets: [InputSocket], inbox: Mailbox<EngineInput>,
        acknowledgements: AcknowledgementQueue, changes: Mailbox<InputChange>,
        stop: StopSignal, pulse: Pulse
    ) {
        self.changes = changes
        self.sockets = sockets
        socketByInput = Dictionary(uniqueKeysWithValues: sockets.map { ($0.index, $0) })
        self.inbox = inbox
        self.acknowledgements = acknowledgements
        self.stop = stop
        self.pulse = pulse
    }

    /// Returns once no further acknowledgement will come.
    mutating func run() throws {
        var poller = Poller()
        for socket in sockets { socket.watch(by: &poller) }
        poller.add(acknowledgements.wake)
        for socket in sockets { socket.watchConnections(by: &poller) }
        while true {
            pulse.beat()
            // A signal after this makes the poller return at once.
            acknowledgements.wake.clear()
            // Before further messages come in: that is what bounds the queue.
            let isFinished = try sendAcknowledgements()
            if isFinished { return }
            for change in changes.takeAll() { socketByInput[change.index]?.apply(change) }
            advance(taken: try takeIn())
            let events: Poller.Events = isReceiving && held.isEmpty ? .readable : []
            for index in sockets.indices { poller.setEvents(events, at: index) }
            try poller.wait(timeout: timeout)
            for socket in sockets { try socket.proceedConnecting(poller) }
        }
    }

    /// True if no more will come.
    private func sendAcknowledgements() throws -> Bool {
        let isFinished = acknowledgements.isClosed
        for acknowledgement in acknowledgements.takeAll() {
            acknowledgements.statistics.count(isSent: try send(acknowledgement))
        }
        return isFinished
    }

    private func send(_ acknowledgement: Acknowledgement) throws -> Bool {
        guard case .peer(let envelope, let input) = acknowledgement.replyTo else { return false }
        return try socketByInput[input]?.send(acknowledgement, to: envelope) ?? false
    }

    // MARK: Messages

    /// Takes messages from each socket in turn while there is room; returns how many.
    private mutating func takeIn() throws -> Int {
        var taken = 0
        for socket in sockets where isReceiving && handOver() {
            let (inputs, count) = try socket.receive(
                atMost: ReceiveLoop.burst, bytes: ReceiveLoop.burstBytes)
            held = inputs
            taken += count
        }
        _ = handOver()
        return taken
    }

    /// True if nothing is held any more.
    private mutating func handOver() -> Bool {
        guard !held.isEmpty else { return true }
        guard inbox.trySend(held, weight: held.reduce(0) { $0 + $1.weight }) else { return false }
        held = []
        return true
    }

    // MARK: Phases

    private var isReceiving: Bool {
        switch phase {
        case .receiving, .sweeping: true
        case .handingOver, .acknowledging: false
        }
    }

    private mutating func advance(taken: Int) {
        if inbox.isClosed {
            // The engine takes no more.
            held = []
            phase = .acknowledging
        }
        switch phase {
        case .receiving where stop.isRequested:
            lastArrival = .now
            phase = .sweeping(until: lastArrival + ReceiveLoop.sweep)
        case .sweeping(let end) where isQuiet(taken: taken) || end <= .now:
            phase = .handingOver
            advance(taken: 0)
        case .handingOver where held.isEmpty:
            inbox.close()
            phase = .acknowledging
        default: break
        }
    }

    /// What has arrived may still be at the gate, so a moment without anything is not the end.
    private mutating func isQuiet(taken: Int) -> Bool {
        if taken > 0 || !held.isEmpty { lastArrival = .now }
        return ContinuousClock.now - lastArrival >= ReceiveLoop.quiet
    }

    private var timeout: Duration? {
        switch phase {
        case .sweeping(let end):
            held.isEmpty
                ? ReceiveLoop.quiet : max(.zero, ContinuousClock.now.duration(to: end))
        case .receiving: sockets.compactMap(\.connectTimeout).min()
        case .handingOver, .acknowledging: nil
        }
    }
}
