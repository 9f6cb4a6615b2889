import Engine
import Storage
import Threads
import Wire
import ZeroMQ

/// The loop of the control thread: receives requests, and answers them as their results arrive.
struct ControlLoop {
    /// A request that waits for something.
    private struct Open {
        let envelope: Envelope
        let id: UInt64?
        let operation: ControlRequest.Operation
        let sender: ControlSender
        var work: ControlWork
    }

    private let socket: ControlSocket
    private let inbox: ControlInbox
    /// Wakes by the event of the inbox.
    private let changes: Mailbox<ControlChange>
    private let stop: StopSignal
    private let pulse: Pulse
    private let audit: AuditLog
    private var handler: ControlHandler
    private var open: [UInt64: Open] = [:]
    private var lastTicket: UInt64 = 0

    /// Requests that may wait at a time, which bounds the inbox.
    private static let mostOpen = 64
    /// Requests received before answers have their turn.
    private static let burst = 16

    init(
        _ socket: ControlSocket, _ parts: ControlServer.Parts, inbox: ControlInbox,
        changes: Mailbox<ControlChange>, stop: StopSignal, pulse: Pulse
    ) {
        self.changes = changes
        self.socket = socket
        self.inbox = inbox
        self.stop = stop
        self.pulse = pulse
        audit = parts.audit
        handler = ControlHandler(parts, inbox: inbox, endpoint: socket.endpointText)
    }

    /// Returns once no further answer will come.
    mutating func run() throws {
        var poller = Poller()
        socket.watch(by: &poller)
        poller.add(inbox.wake)
        while true {
            pulse.beat()
            inbox.wake.clear()
            for change in changes.takeAll() {
                do throws(ZeroMQError) {
                    try socket.apply(change.socket)
                } catch { change.failed(error) }
            }
            let isFinished = inbox.isClosed
            for answer in inbox.takeAll() { try take(answer) }
            if isFinished { return }
            try receive()
            try poller.wait()
        }
    }

    private mutating func receive() throws {
        for _ in 0..<Self.burst {
            guard let received = try socket.receive() else { return }
            switch begin(received) {
            case .done(let outcome):
                note(try? received.request.get().operation, received.sender, outcome)
                try reply(received.envelope, received.id, outcome)
            case .waits(let work):
                guard let operation = try? received.request.get().operation else { continue }
                open[lastTicket] = Open(
                    envelope: received.envelope, id: received.id, operation: operation,
                    sender: received.sender, work: work)
            }
        }
    }

    private mutating func begin(_ received: ControlSocket.Received) -> ControlProgress {
        do throws(ControlRefusal) {
            let request = try received.request.get()
            try received.sender.check(request.operation)
            guard !stop.isRequested else { throw .stopping }
            if case .status = request.operation { return .done(handler.status()) }
            guard open.count < Self.mostOpen else { throw .busy }
            lastTicket += 1
            return try handler.begin(
                request.operation, received.payload, by: received.sender, ticket: lastTicket)
        } catch {
            return .done(.refused(error))
        }
    }

    private mutating func take(_ answer: ControlInbox.Answer) throws {
        guard var waiting = open.removeValue(forKey: answer.ticket) else { return }
        switch handler.resume(waiting.work, with: answer) {
        case .waits(let work):
            waiting.work = work
            open[answer.ticket] = waiting
        case .done(let outcome):
            note(waiting.operation, waiting.sender, outcome, on: waiting.work.stream)
            try reply(waiting.envelope, waiting.id, outcome)
        }
    }

    private func note(
        _ operation: ControlRequest.Operation?, _ sender: ControlSender,
        _ outcome: ControlOutcome, on stream: StreamID? = nil
    ) {
        guard let operation else { return }
        var refusal: ControlRefusal?
        if case .refused(let reason) = outcome { refusal = reason }
        if refusal?.code == Refusal.Code.notAllowed.rawValue { socket.countRefusal() }
        audit.note(operation, on: stream, by: sender, refusal)
    }

    private func reply(
        _ envelope: Envelope, _ id: UInt64?, _ outcome: ControlOutcome
    ) throws {
        let reply =
            switch outcome {
            case .refused(let refusal): ControlReply(id: id, .failure(refusal))
            case .result(let json, let payload):
                ControlReply(id: id, .success(json), payload: payload)
            }
        try socket.send(reply, to: envelope)
    }
}

/// The progress of a request.
enum ControlProgress {
    case done(ControlOutcome)
    case waits(ControlWork)
}

enum ControlOutcome {
    /// JSON, and the frames after it: for `get` the snapshot, for `backfill` events.
    case result([UInt8], payload: [[UInt8]])
    case refused(ControlRefusal)

    /// - Parameter value: as JSON.
    init(_ value: some Encodable, payload: [[UInt8]] = []) {
        do {
            self = .result(try value.controlJSON(), payload: payload)
        } catch {
            self = .refused(ControlRefusal(ControlRefusal.Code.request, "\(error)"))
        }
    }
}

extension ControlRefusal {
    static let stopping = ControlRefusal(Code.stopping, "the daemon is stopping")
    static let busy = ControlRefusal(
        Code.busy, "too many requests are waiting in the daemon; try again later")
}
