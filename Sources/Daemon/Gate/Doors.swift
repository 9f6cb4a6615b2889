package import Dispatch
import Engine
package import Logging
import Synchronization
import Threads
package import ZeroMQ

/// The gate before the daemon's bound sockets, with its thread.
package final class GateService: Sendable {
    package let gate: Gate
    private let thread: WorkerThread

    package init(
        _ limits: Configuration.Limits, logger: Logger,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let log = GateLog(logger: logger)
        let gate = try Gate(limits.gateTotals) { log.add($0) }
        thread = WorkerThread(name: "gate") {
            do throws(ZeroMQError) { try gate.run() } catch { failed(error) }
        }
        self.gate = gate
    }

    deinit { gate.finish(by: .now) }

    /// Delivers what was sent, and closes every connection. False if it is still at it.
    package func finish(by deadline: DispatchTime) -> Bool {
        let now = DispatchTime.now()
        let left = now < deadline ? deadline.uptimeNanoseconds - now.uptimeNanoseconds : 0
        gate.finish(by: .now + .nanoseconds(Int64(clamping: left)))
        // It ends at the deadline by itself.
        return thread.join(until: deadline + 1) && gate.hasDelivered
    }
}

/// How the daemon's sockets come to their endpoints: bound ones stand behind the gate.
package struct Doors: Sendable {
    private let gate: Gate?
    let limits: Configuration.Limits

    /// - Parameter gate: nil where sockets are bound themselves, within a process.
    package init(_ gate: Gate? = nil, limits: Configuration.Limits = .init()) {
        self.gate = gate
        self.limits = limits
    }

    func makeTap() -> GateTap { gate?.makeTap() ?? .none }

    /// Binds and connects a socket; gives where it is, wildcards filled in.
    ///
    /// - Parameter options: those that the socket was made with.
    func attach(
        _ socket: borrowing Socket, bind: [Endpoint], connect: [Endpoint] = [],
        options: SocketOptions, traffic: GateRules.Traffic, tap: GateTap
    ) throws(ZeroMQError) -> [Endpoint] {
        let rules = limits.gateRules(traffic, options)
        var endpoints: [Endpoint] = []
        for endpoint in bind {
            let bound =
                if let gate {
                    try gate.bind(socket, to: endpoint, options, rules, tap: tap)
                } else { try socket.bind(endpoint) }
            endpoints.append(bound)
        }
        for endpoint in connect {
            try socket.connect(endpoint)
            endpoints.append(endpoint)
        }
        return endpoints
    }
}

extension Configuration.Limits {
    /// What a message of the largest text has besides: id, header, and what frames cost.
    private static let besideText = 1 << 20

    var largestMessage: Int { messageBytes ?? max(64 << 20, maxTextBytes) + Self.besideText }
    var largestTotal: Int { totalBytes ?? max(256 << 20, 4 * largestMessage) }

    var gateTotals: GateTotals {
        var totals = GateTotals()
        totals.bytes = largestTotal
        totals.subscriptions = totalSubscriptions
        // Ten subscribers may change theirs at full speed.
        totals.changesPerSecond = 10 * subscriptionChanges
        return totals
    }

    func gateRules(_ traffic: GateRules.Traffic, _ options: SocketOptions) -> GateRules {
        var rules = GateRules()
        rules.traffic = traffic
        rules.messageBytes = largestMessage
        rules.frameBytes = options.maxMessageSize.map { Int(clamping: $0) } ?? largestMessage
        rules.peerBytes = peerBytes
        rules.connections = connections
        rules.topicBytes = topicBytes
        rules.subscriptions = subscriptions
        rules.changesPerSecond = subscriptionChanges
        if let interval = options.handshakeInterval { rules.handshake = interval }
        return rules
    }
}
