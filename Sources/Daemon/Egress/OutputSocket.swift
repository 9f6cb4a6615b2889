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
        for entry in frames.entries {
            try send(
                frames.topic(of: entry).span, frames.body(of: entry).span, entry.sequence)
        }
        statistics.sent.add(frames.entries.count, ordering: .relaxed)
    }

    private func send(_ topic: Span<UInt8>, _ body: Span<UInt8>, _ sequence: UInt64) throws {
        let number: [8 of UInt8] = littleEndian(sequence)
        switch (slowReader, kind) {
        case (.block, _): _ = try socket.send(topic, body, number.span)
        case (.drop, .xpub): count(try socket.publish(topic, body, number.span) == .dropped)
        case (.drop, .push):
            count(try socket.send(topic, body, number.span, wait: .never) == .wouldBlock)
        }
    }

    private func count(_ isDropped: Bool) {
        if isDropped { statistics.dropped.add(1, ordering: .relaxed) }
    }

    private func littleEndian(_ number: UInt64) -> [8 of UInt8] {
        [8 of UInt8] { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }
}
