import Engine
import Metrics
import Synchronization
import Threads
import Wire
import ZeroMQ

/// One output's socket, with its policy for slow readers. It belongs to its egress thread.
final class OutputSocket {
    private var socket: OpenSocket
    private let index: Int
    private let demand: Demand
    private let statistics: EgressStatistics
    private let kind: Configuration.Output.Kind
    private var slowReader: Configuration.Output.SlowReader
    private var latencies = Latencies()
    private var subscription = Multipart(frameLimit: 1)

    /// Changes of subscriptions taken before events have their turn.
    private static let burst = 256

    init(
        _ output: Configuration.Output, index: Int, demand: Demand,
        statistics: EgressStatistics, opener: SocketOpener
    ) throws(ZeroMQError) {
        self.index = index
        self.demand = demand
        self.statistics = statistics
        kind = output.kind
        slowReader = output.slowReader
        socket = try opener.open(
            output.kind.socketKind, options: output.socket, bind: output.bind,
            connect: output.connect, traffic: output.kind == .xpub ? .subscriptions : .nothing,
            for: AccessPurpose(output.kind))
        // A puller gets everything; there is nothing to subscribe to.
        if output.kind == .push { demand.subscribe(output: index, to: []) }
    }

    /// Takes other settings between two events.
    func apply(_ change: OutputChange) {
        slowReader = change.output.slowReader
        do throws(ZeroMQError) {
            try socket.apply(change.socket)
        } catch { change.failed(error) }
    }

    var endpoints: [Endpoint] { socket.endpoints }

    func watch(by poller: inout Poller) {
        poller.add(socket.socket, for: kind == .xpub ? .readable : [])
    }

    /// Takes a bounded number of changes of subscriptions, so that events do not wait for them. Of
    /// the changes of one topic only the last counts.
    func takeSubscriptions() throws {
        guard kind == .xpub else { return }
        var changes: [[UInt8]: Subscription.Change] = [:]
        for _ in 0..<Self.burst {
            guard try socket.socket.receive(into: &subscription, wait: .never) else { break }
            guard let change = subscription.withFrame(0, { Subscription($0) }) else { continue }
            changes[change.topic] = change.change
        }
        subscription.removeAll()
        guard !changes.isEmpty else { return }
        demand.change(
            output: index, wanted: changes.filter { $0.value == .subscribed }.map(\.key),
            unwanted: changes.filter { $0.value == .unsubscribed }.map(\.key))
    }

    func send(_ frames: EventFrames) throws {
        try socket.limitSendQueue()
        var sent = 0
        for entry in frames.entries {
            let isSent = try send(
                frames.topic(of: entry).span, frames.body(of: entry).span, entry.sequence)
            guard isSent else { continue }
            sent += 1
            latencies.add(entry.received)
        }
        latencies.record(in: statistics.latency)
        statistics.events.add(sent)
        if kind == .push { statistics.lost.add(frames.entries.count - sent) }
    }

    /// False if no peer took it.
    private func send(
        _ topic: Span<UInt8>, _ body: Span<UInt8>, _ sequence: UInt64
    ) throws -> Bool {
        let number: [8 of UInt8] = littleEndian(sequence)
        socket.sendQueue.note(bytes: topic.count + body.count + number.count)
        switch (slowReader, kind) {
        case (.block, _): return try socket.socket.send(topic, body, number.span) == .sent
        case (.drop, .push):
            return try socket.socket.send(topic, body, number.span, wait: .never) == .sent
        case (.drop, .xpub):
            if try socket.socket.publish(topic, body, number.span) == .dropped {
                statistics.lost.add()
            }
            return true
        }
    }

    private func littleEndian(_ number: UInt64) -> [8 of UInt8] {
        [8 of UInt8] { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }
}
