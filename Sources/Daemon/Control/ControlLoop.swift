import Engine
import Journal
import Threads
import Wire
import ZeroMQ

/// What the control thread does: requests in, answers out as what they wait for is found.
struct ControlLoop {
    /// A request that waits for something.
    private struct Open {
        let envelope: [[UInt8]]
        let id: UInt64?
        var work: ControlWork
    }

    private let socket: ControlSocket
    private let findings: ControlFindings
    private let isStopping: StopFlag
    private var desk: ControlDesk
    private var open: [UInt64: Open] = [:]
    private var lastTicket: UInt64 = 0

    /// Requests that may wait at a time, so that what is found for them is bounded.
    private static let mostOpen = 64
    /// Requests taken in before answers have their turn.
    private static let burst = 16

    init(
        _ socket: ControlSocket, _ parts: Control.Parts, findings: ControlFindings,
        isStopping: StopFlag
    ) {
        self.socket = socket
        self.findings = findings
        self.isStopping = isStopping
        desk = ControlDesk(
            parts, findings: findings, endpoint: socket.endpoints.map(\.text).joined(separator: " ")
        )
    }

    /// Returns once nothing more will be found.
    mutating func run() throws {
        var poller = Poller()
        socket.watch(by: &poller)
        poller.add(findings.wake)
        while true {
            findings.wake.clear()
            let isFinished = findings.isClosed
            for finding in findings.takeAll() { try take(finding) }
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
                try answer(received.envelope, received.id, outcome)
            case .waits(let work):
                open[lastTicket] = Open(envelope: received.envelope, id: received.id, work: work)
            }
        }
    }

    private mutating func begin(_ received: ControlSocket.Received) -> ControlProgress {
        do throws(ControlRefusal) {
            let request = try received.request.get()
            guard !isStopping.isSet else { throw .stopping }
            if case .status = request.operation { return .done(desk.status()) }
            guard open.count < Self.mostOpen else { throw .busy }
            lastTicket += 1
            return try desk.begin(request.operation, received.payload, ticket: lastTicket)
        } catch {
            return .done(.refused(error))
        }
    }

    private mutating func take(_ finding: ControlFindings.Finding) throws {
        guard var waiting = open.removeValue(forKey: finding.ticket) else { return }
        switch desk.goOn(with: waiting.work, finding) {
        case .waits(let work):
            waiting.work = work
            open[finding.ticket] = waiting
        case .done(let outcome):
            try answer(waiting.envelope, waiting.id, outcome)
        }
    }

    private func answer(
        _ envelope: [[UInt8]], _ id: UInt64?, _ outcome: ControlOutcome
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

/// What has come of a request so far.
enum ControlProgress {
    case done(ControlOutcome)
    case waits(ControlWork)
}

enum ControlOutcome {
    /// JSON, and for `get` the snapshot.
    case result([UInt8], payload: [UInt8]?)
    case refused(ControlRefusal)

    /// - Parameter value: as JSON.
    init(_ value: some Encodable, payload: [UInt8]? = nil) {
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
        Code.busy, "too much waits in the daemon already; try again later")
}
