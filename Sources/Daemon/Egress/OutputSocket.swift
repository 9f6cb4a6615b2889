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
    private let policy: PolicySetting
    private var current: ReaderPolicy
    /// With `block`: it has waited for readers as long as it may.
    private var isSkipping = false
    private var latencies = Latencies()
    private var subscription = Multipart(frameLimit: 1)

    /// Changes of subscriptions taken before events have their turn.
    private static let burst = 256
    /// How long a send waits before it looks whether the policy has changed.
    private static let slice = Duration.milliseconds(250)
    /// How long the gate may take to disconnect readers.
    private static let disconnectTime = Duration.seconds(2)

    init(
        _ output: Configuration.Output, index: Int, policy: PolicySetting, demand: Demand,
        statistics: EgressStatistics, opener: SocketOpener
    ) throws {
        self.index = index
        self.policy = policy
        self.demand = demand
        self.statistics = statistics
        kind = output.kind
        current = policy.value
        var options = output.socket
        options.curve = try opener.curve(output.serverKey)
        socket = try opener.open(
            output.kind.socketKind, options: options, bind: output.bind,
            connect: output.connect, traffic: output.kind == .xpub ? .subscriptions : .nothing,
            for: AccessPurpose(output.kind),
            readers: opener.makeReaders(
                current.gateRule(kind, isSkipping: false),
                disconnected: statistics.disconnected, lost: statistics.lost))
        // A puller gets everything; there is nothing to subscribe to.
        if output.kind == .push { demand.subscribe(output: index, to: []) }
    }

    /// Takes other settings between two events.
    func apply(_ change: OutputChange) {
        do throws(ZeroMQError) {
            try socket.apply(change.socket)
        } catch { change.failed(error) }
        apply(policy.value)
    }

    var endpoints: [Endpoint] { socket.endpoints }

    func watch(by poller: inout Poller) {
        poller.add(socket.socket, for: kind == .xpub ? .readable : [])
    }

    /// Also watches for connections that fail.
    func watchConnections(by poller: inout Poller) { socket.watchConnections(by: &poller) }

    var connectTimeout: Duration? { socket.connectTimeout }

    func proceedConnecting(_ poller: borrowing Poller) throws(ZeroMQError) {
        try socket.proceedConnecting(poller)
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

    // MARK: Policy

    /// Takes over a changed policy.
    func takePolicy() {
        let latest = policy.value
        guard latest != current else { return }
        apply(latest)
    }

    private func apply(_ policy: ReaderPolicy) {
        current = policy
        setSkipping(false)
    }

    /// Readers miss events until none is behind, or they are waited for again.
    private func setSkipping(_ isSkipping: Bool) {
        self.isSkipping = isSkipping
        socket.readers?.set(current.gateRule(kind, isSkipping: isSkipping))
    }

    // MARK: Sending

    func send(_ frames: EventFrames) throws {
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
        if isSkipping, !isBehind { setSkipping(false) }
        guard current.slowReader != .drop, !isSkipping else {
            return try sendWithoutWaiting(topic, body, number.span)
        }
        if !isBehind,
            try socket.socket.send(topic, body, number.span, wait: .never) == .sent
        {
            return true
        }
        return try sendWaiting(topic, body, number.span)
    }

    /// Readers without room do not get it.
    private func sendWithoutWaiting(
        _ topic: Span<UInt8>, _ body: Span<UInt8>, _ number: Span<UInt8>
    ) throws -> Bool {
        switch kind {
        case .push: return try socket.socket.send(topic, body, number, wait: .never) == .sent
        case .xpub:
            if try socket.socket.publish(topic, body, number) == .dropped {
                statistics.lost.add()
            }
            return true
        }
    }

    /// Waits for readers as long as the policy allows.
    private func sendWaiting(
        _ topic: Span<UInt8>, _ body: Span<UInt8>, _ number: Span<UInt8>
    ) throws -> Bool {
        let start = ContinuousClock.now
        defer { statistics.waited.record((ContinuousClock.now - start) / .seconds(1)) }
        while let left = timeLeft(since: start), left > .zero {
            if try send(topic, body, number, within: min(left, Self.slice)) { return true }
            takePolicy()
        }
        if current.slowReader == .block, kind == .xpub {
            if current.blockThen == .disconnect {
                socket.readers?.closeBehind()
                if try send(topic, body, number, within: Self.disconnectTime) { return true }
            } else {
                setSkipping(true)
            }
        }
        return try sendWithoutWaiting(topic, body, number)
    }

    /// False if there was no room for so long.
    private func send(
        _ topic: Span<UInt8>, _ body: Span<UInt8>, _ number: Span<UInt8>, within time: Duration
    ) throws -> Bool {
        if isBehind, socket.readers?.waitForRoom(atMost: time) == false { return false }
        try socket.socket.setSendTimeout(time)
        return try socket.socket.send(topic, body, number) == .sent
    }

    /// Whether a subscriber is to be waited for. One puller is not: others may have room.
    private var isBehind: Bool { kind == .xpub && socket.readers?.isFull == true }

    /// How long the output may go on waiting; nil for not at all.
    private func timeLeft(since start: ContinuousClock.Instant) -> Duration? {
        let limit: Duration? =
            switch current.slowReader {
            case .drop: .zero
            case .block: current.blockTimeout
            // The gate takes all in or disconnects, so this ends soon.
            case .disconnect: current.readerTimeout + Self.disconnectTime
            }
        guard let limit else { return Self.slice }
        let left = limit - (ContinuousClock.now - start)
        return left > .zero ? left : nil
    }

    private func littleEndian(_ number: UInt64) -> [8 of UInt8] {
        [8 of UInt8] { UInt8(truncatingIfNeeded: number >> (8 * UInt64($0))) }
    }
}

/// A policy that another thread may change.
final class PolicySetting: Sendable {
    private let policy: Mutex<ReaderPolicy>

    init(_ policy: ReaderPolicy) { self.policy = Mutex(policy) }

    var value: ReaderPolicy { policy.withLock { $0 } }

    func set(_ policy: ReaderPolicy) { self.policy.withLock { $0 = policy } }
}
