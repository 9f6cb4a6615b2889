import Engine
import Wire
import ZeroMQ

/// What operates the daemon, rather than streams.
extension ControlHandler {
    func operate(
        _ operation: ControlRequest.Operation, _ ticket: UInt64
    ) throws(ControlRefusal) -> ControlProgress {
        let inbox = inbox
        switch operation {
        case .evict(let stream):
            try requireStore("no stream can be evicted")
            let input = EngineInput.eviction(stream) { inbox.add(.eviction($0), for: ticket) }
            try Self.check(parts.engine.offer([input], for: stream))
            return .waits(.evict(stream))
        case .checkpoint:
            try requireStore("there is nothing to checkpoint")
            try Self.check(parts.engine.offerCheckpoint { inbox.add(.checkpointed, for: ticket) })
            return .waits(.checkpoint(shardsLeft: parts.engine.shardCount, start: .now))
        case .connections:
            try gate().list { inbox.add(.connections($0), for: ticket) }
            return .waits(.connections)
        case .kick(let id):
            let reason = GateRefusal(.kicked, "an operator closed it")
            try gate().close(connection: id, because: reason) {
                inbox.add(.kicked($0), for: ticket)
            }
            return .waits(.kick(id))
        case .lameDuck(let seconds):
            guard let lameDuck = parts.operation.lameDuck,
                lameDuck.begin(over: .seconds(seconds))
            else { throw .stopping }
            return .done(stopReport(closing: Double(seconds)))
        default:
            guard let lameDuck = parts.operation.lameDuck else { throw .stopping }
            lameDuck.drain()
            return .done(stopReport(closing: 0))
        }
    }

    static func outcome(
        _ result: Result<EngineInput.EvictionResult, Refusal>, of stream: StreamID
    ) throws(ControlRefusal) -> ControlOutcome {
        switch result {
        case .success(.evicted): return ControlOutcome(ChangedStream(stream: stream.text))
        case .success(.busy): throw .busy
        case .success(.noSuchStream): throw noSuchStream(stream)
        case .failure(let refusal): throw ControlRefusal(refusal)
        }
    }

    static func noSuchStream(_ stream: StreamID) -> ControlRefusal {
        ControlRefusal(
            Refusal.Code.noSuchStream.rawValue,
            "there is no stream '\(stream.text)'; it has had no text, or has ended")
    }

    private func stopReport(closing seconds: Double) -> ControlOutcome {
        let timeout = parts.operation.reloader?.configuration.shutdown.timeout ?? .zero
        return ControlOutcome(
            StopReport(closingSeconds: seconds, timeout: timeout / .seconds(1)))
    }

    private func requireStore(_ problem: String) throws(ControlRefusal) {
        guard parts.store == nil else { return }
        throw ControlRefusal(
            ControlRefusal.Code.store, "\(problem): durability is \"off\", so there is no store")
    }

    private func gate() throws(ControlRefusal) -> Gate {
        guard let gate = parts.operation.gate else { throw .stopping }
        return gate
    }
}

extension ControlRefusal {
    static func noSuchConnection(_ id: UInt64) -> ControlRefusal {
        ControlRefusal(
            Code.noSuchConnection, "there is no connection \(id); it may have ended")
    }
}
