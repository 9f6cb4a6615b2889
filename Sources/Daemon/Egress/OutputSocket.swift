import Engine
import Synchronization
import Wire
import ZeroMQ

/// One output's socket, with its policy for slow readers. Lives on its egress thread.
final class OutputSocket {
    let endpoints: [Endpoint]
    private let socket: Socket
    private let index: Int
    private let demand: Demand
    private let statistics: EgressStatistics
    private let kind: Configuration.Output.Kind
    private let slowReader: Configuration.Output.SlowReader
    private var subscription = Multipart(frameLimit: 1)

    init(
        _ output: Configuration.Output, index: Int, demand: Demand, context: Context,
        statistics: EgressStatistics
    ) throws {
        self.index = index
        self.demand = demand
        self.statistics = statistics
        kind = output.kind
        slowReader = output.slowReader
        socket = try Socket(output.kind.socketKind, in: context, options: output.socket)
        var endpoints: [Endpoint] = []
        for endpoint in output.bind { endpoints.append(try socket.bind(endpoint)) }
        for endpoint in output.connect {
            try socket.connect(endpoint)
            endpoints.append(endpoint)
        }
        self.endpoints = endpoints
        // Whoever pulls gets everything; there is nothing to subscribe to.
        if output.kind == .push { demand.subscribe(output: index, to: []) }
    }

    func watch(by poller: inout Poller) {
        poller.add(socket, for: kind == .xpub ? .readable : [])
    }

    func takeSubscriptions() throws {
        guard kind == .xpub else { return }
        while try socket.receive(into: &subscription, wait: .never) {
            guard let change = subscription.withFrame(0, { Subscription($0) }) else { continue }
            switch change.change {
            case .subscribed: demand.subscribe(output: index, to: change.topic)
            case .unsubscribed: demand.unsubscribe(output: index, from: change.topic)
            }
        }
    }

    func send(_ frames: EventFrames) throws {
        var sent = 0
        for entry in frames.entries {
            let isSent = try send(
                frames.topic(of: entry).span, frames.body(of: entry).span, entry.sequence)
            if isSent { sent += 1 }
        }
        statistics.sent.add(sent, ordering: .relaxed)
        statistics.dropped.add(frames.entries.count - sent, ordering: .relaxed)
    }

    /// False if nobody took it.
    private func send(
        _ topic: Span<UInt8>, _ body: Span<UInt8>, _ sequence: UInt64
    ) throws -> Bool {
        let number: [8 of UInt8] = littleEndian(sequence)
        switch (slowReader, kind) {
        case (.block, _): return try socket.send(topic, body, number.span) == .sent
        case (.drop, .push):
            return try socket.send(topic, body, number.span, wait: .never) == .sent
        case (.drop, .xpub):
            if try socket.publish(topic, body, number.span) == .dropped {
                statistics.stalls.add(1, ordering: .relaxed)
            }
            return true
        }
    }

    private func littleEndian(_ number: UInt64) -> [8 of UInt8] {
        [8 of UInt8] { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }
}
