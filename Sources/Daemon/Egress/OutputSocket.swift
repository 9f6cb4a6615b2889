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
    private let tap: GateTap
    private var queue: ReaderQueue

    /// Changes of subscriptions taken before events have their turn.
    private static let burst = 256

    init(
        _ output: Configuration.Output, index: Int, demand: Demand, context: Context,
        statistics: EgressStatistics, doors: Doors
    ) throws {
        self.index = index
        self.demand = demand
        self.statistics = statistics
        kind = output.kind
        slowReader = output.slowReader
        socket = try Socket(output.kind.socketKind, in: context, options: output.socket)
        queue = ReaderQueue(
            bytes: doors.limits.readerBytes, highWaterMark: output.socket.sendHighWaterMark)
        tap = doors.makeTap()
        endpoints = try doors.attach(
            socket, bind: output.bind, connect: output.connect, options: output.socket,
            traffic: output.kind == .xpub ? .subscriptions : .nothing, tap: tap)
        // Whoever pulls gets everything; there is nothing to subscribe to.
        if output.kind == .push { demand.subscribe(output: index, to: []) }
    }

    func watch(by poller: inout Poller) {
        poller.add(socket, for: kind == .xpub ? .readable : [])
    }

    /// Takes changes of subscriptions, so many that events do not wait for them. Of the changes of
    /// one topic only the last counts.
    func takeSubscriptions() throws {
        guard kind == .xpub else { return }
        var changes: [[UInt8]: Subscription.Change] = [:]
        for _ in 0..<Self.burst {
            guard try socket.receive(into: &subscription, wait: .never) else { break }
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
        if let count = queue.change(readers: tap.connections.current) {
            try socket.setSendHighWaterMark(count)
        }
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
        queue.note(bytes: topic.count + body.count + number.count)
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
