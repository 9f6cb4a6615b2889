import Glibc
package import Metrics
import Synchronization
package import Threads

/// A proxy before bound ZeroMQ sockets: it listens at their endpoints, checks what arrives, and
/// passes it to libzmq, which listens where only this process may connect.
///
///     peer ↔ endpoint: gate ↔ name in the abstract namespace: libzmq ↔ application
///
/// libzmq itself has no bounds in bytes: its high-water marks count complete messages, and frames
/// of an unfinished one, subscriptions and their topics not at all. The gate parses ZMTP's frames,
/// and holds a peer back, or closes its connection, by `GateRules` and `GateTotals`. It begins with
/// the greeting, so only ZMTP 3 reaches libzmq.
package final class Gate: Sendable {
    package let statistics = GateStatistics()
    /// Of the thread of `run`.
    package let pulse: Pulse
    private let ledger: GateLedger
    private let totals: GateTotals
    private let notice: @Sendable (GateNotice) -> Void
    private let orders: Mailbox<GateOrder>
    private let isDelivered = Atomic<Bool>(false)

    /// - Parameter notice: called on the gate's thread for each connection that is refused.
    package init(
        _ totals: GateTotals,
        notice: @escaping @Sendable (GateNotice) -> Void = { _ in }
    ) throws(WakeEventError) {
        let ledger = try GateLedger()
        self.ledger = ledger
        pulse = Pulse("gate") { ledger.wake.signal() }
        orders = Mailbox(limit: .max, waking: ledger.wake)
        self.totals = totals
        self.notice = notice
        Self.allowManyFiles()
    }

    /// Serves until `finish`, on a thread of its own.
    package func run() throws(ZeroMQError) {
        var loop = try GateLoop(
            totals, ledger, orders, statistics, pulse, notice: notice)
        isDelivered.store(loop.run(), ordering: .releasing)
    }

    /// Binds a socket, behind the gate where the transport allows it; returns where it listens,
    /// with wildcards filled in, and the number of its connections.
    ///
    /// - Parameters:
    ///   - options: those that the socket was made with.
    ///   - security: how clients of TCP are authenticated; nil for no encryption.
    ///   - credit: by which the socket's thread reports what it has taken.
    ///   - readers: how much may wait for those that read.
    package func bind(
        _ socket: borrowing Socket, to endpoint: Endpoint, _ options: SocketOptions,
        _ rules: GateRules, security: GateSecurity? = nil, credit: GateCredit,
        readers: GateReaders? = nil
    ) throws(ZeroMQError) -> Endpoint {
        try bind(
            socket, to: listen(at: endpoint, options), options, rules, security: security,
            credit: credit, readers: readers)
    }

    /// Begins to listen, on any thread. Connections wait until a socket is bound to it; if none is,
    /// they are closed with it.
    package func listen(
        at endpoint: Endpoint, _ options: SocketOptions
    ) throws(ZeroMQError) -> GateOpening {
        if case .inproc = endpoint.address { return GateOpening(endpoint: endpoint, listener: nil) }
        let listener = try GateListener(endpoint, options)
        return GateOpening(endpoint: listener.endpoint, listener: listener)
    }

    /// Binds a socket to what listens already; returns where.
    package func bind(
        _ socket: borrowing Socket, to opening: GateOpening, _ options: SocketOptions,
        _ rules: GateRules, security: GateSecurity?, credit: GateCredit,
        readers: GateReaders? = nil
    ) throws(ZeroMQError) -> Endpoint {
        guard let listener = opening.listener else { return try socket.bind(opening.endpoint) }
        let inner = "sluice-gate-\(String(UInt64.random(in: 0 ... .max), radix: 16))"
        try socket.bindPrivately("@" + inner)
        order(
            .open(
                GateEndpoint(
                    listener, rules, listener.endpoint.isTCP ? security : nil,
                    linger: options.linger, inner: inner, socket: credit.socket,
                    peers: credit.connections,
                    readers: readers ?? makeReaders(.standard))))
        return listener.endpoint
    }

    /// Listens there no more. Its connections stay.
    package func close(_ endpoint: Endpoint) { order(.close(endpoint)) }

    /// Changes the rules of an endpoint, also for its connections.
    package func setRules(_ rules: GateRules, of endpoint: Endpoint) {
        order(.rules(rules, endpoint))
    }

    package func setTotals(_ totals: GateTotals) { order(.totals(totals)) }

    /// Asks for all connections. The answer comes on the gate's thread, unless it has ended.
    package func list(_ reply: @escaping @Sendable ([GateConnectionReport]) -> Void) {
        order(.list(reply: reply))
    }

    /// Closes a connection.
    ///
    /// - Parameter reply: false if there is none with this number.
    package func close(
        connection id: UInt64, because refusal: GateRefusal,
        _ reply: @escaping @Sendable (Bool) -> Void = { _ in }
    ) {
        order(.end(connection: id, refusal, reply: reply))
    }

    /// Accepts no more connections, but of operators.
    package func closeListeners() { order(.closeAll) }

    /// The readers of a socket that is to be bound with these.
    ///
    /// - Parameters:
    ///   - disconnected: counts those that are disconnected because they do not read.
    ///   - lost: counts messages that they miss because they do not read.
    package func makeReaders(
        _ rule: GateReaders.Rule,
        disconnected: Counter = Counter("disconnected", "Readers that were too slow"),
        lost: Counter = Counter("lost", "Messages that slow readers have missed")
    ) -> GateReaders {
        GateReaders(orders, rule, disconnected: disconnected, lost: lost)
    }

    /// A socket's side of the gate; it belongs to the socket's thread.
    package func makeCredit() -> GateCredit { GateCredit(ledger) }

    /// Asks again about the key of each connected client: the connections of those that are not
    /// admitted any more, or whose topics have changed, are closed.
    package func recheckPeers() { order(.recheckPeers) }

    /// Listens no more, delivers what libzmq has sent, and closes every connection as libzmq has
    /// closed its own; then `run` returns. It does so at the deadline at the latest.
    package func finish(by deadline: ContinuousClock.Instant) {
        order(.finish(by: deadline))
    }

    private func order(_ order: GateOrder) { orders.send([order], weight: 0) }

    /// Whether `run` has returned before the deadline.
    package var hasDelivered: Bool { isDelivered.load(ordering: .acquiring) }

    /// A connection takes three descriptors; the usual soft limit of 1,024 is for programs that use
    /// select(2).
    private static func allowManyFiles() {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return
        }
        limit.rlim_cur = min(limit.rlim_max, max(limit.rlim_cur, 1 << 16))
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}

/// An endpoint that listens, and that no socket is bound to yet.
package struct GateOpening: Sendable {
    /// Wildcards filled in.
    package let endpoint: Endpoint
    /// Nil within a process, where the gate is not needed.
    let listener: GateListener?
}

/// An order to the gate's thread.
enum GateOrder: Sendable {
    case open(GateEndpoint)
    case close(Endpoint)
    case rules(GateRules, Endpoint)
    case totals(GateTotals)
    case list(reply: @Sendable ([GateConnectionReport]) -> Void)
    case end(connection: UInt64, GateRefusal, reply: @Sendable (Bool) -> Void)
    /// Accept no more, but for operators.
    case closeAll
    case recheckPeers
    /// The rule for these readers has changed, or those behind are to be disconnected.
    case review(GateReaders, closesBehind: Bool)
    case finish(by: ContinuousClock.Instant)
}
