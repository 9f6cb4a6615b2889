import Glibc
import Metrics
import Synchronization
import Threads

/// The loop of the gate's thread: it accepts connections and moves their bytes.
struct GateLoop: ~Copyable {
    private var epoll: Epoll
    private let ledger: GateLedger
    private let orders: Mailbox<GateOrder>
    private let statistics: GateStatistics
    private let pulse: Pulse
    private let notice: @Sendable (GateNotice) -> Void
    private let budget: GateBudget

    private var endpoints: [UInt64: GateEndpoint] = [:]
    private var connections: [UInt64: GateConnection] = [:]
    private var lastID: UInt64 = 0
    /// Those that something is due for, with the time; no time in it is later than it should be.
    private var deadlines: [UInt64: ContinuousClock.Instant] = [:]
    private var nextDeadline: ContinuousClock.Instant?
    /// Those that wait until the application has taken something.
    private var waiting: Set<UInt64> = []
    private var halfOpen = GateHalfOpen()
    private var isRoomToBeLookedFor = false
    /// Endpoints that are bound from now on are closed at once.
    private var isLeaving = false
    private var end: ContinuousClock.Instant?
    private var now = ContinuousClock.now
    private var scratch = [UInt8](repeating: 0, count: 128 << 10)

    /// Connections accepted before others have their turn.
    private static let burst = 64
    /// How long to accept nothing where there are too many open files.
    private static let pause = Duration.milliseconds(100)

    init(
        _ totals: GateTotals, _ ledger: GateLedger, _ orders: Mailbox<GateOrder>,
        _ statistics: GateStatistics, _ pulse: Pulse,
        notice: @escaping @Sendable (GateNotice) -> Void
    ) throws(ZeroMQError) {
        epoll = try Epoll()
        self.ledger = ledger
        self.orders = orders
        self.statistics = statistics
        self.pulse = pulse
        self.notice = notice
        budget = GateBudget(totals, ledger)
        epoll.watch(ledger.wake.fileDescriptor, 0, from: [], to: .readable)
    }

    /// Returns after `finish`, once every connection has ended or the time is over. True if they
    /// have ended.
    mutating func run() -> Bool {
        while true {
            pulse.beat()
            obeyOrders()
            if let end, connections.isEmpty || end <= now { return connections.isEmpty }
            lookForRoom()
            meetDeadlines()
            let count = epoll.wait(timeout: timeout)
            now = .now
            for index in 0..<count { serve(epoll.token(index)) }
        }
    }

    private var timeout: Duration? {
        let next = [nextDeadline, end].compactMap { $0 }.min()
        return next.map { max(.zero, now.duration(to: $0)) }
    }

    private mutating func serve(_ token: UInt64) {
        guard token != 0 else {
            ledger.wake.clear()
            isRoomToBeLookedFor = true
            return
        }
        let id = token >> 1
        if let endpoint = endpoints[id] { return accept(endpoint, id) }
        if let connection = connections[id] { serve(connection) }
    }

    private mutating func obeyOrders() {
        for order in orders.takeAll() {
            switch order {
            case .open(let endpoint) where isLeaving && !endpoint.rules.isAdministrative:
                endpoint.listener.end()
            case .open(let endpoint):
                lastID += 1
                endpoints[lastID] = endpoint
                epoll.watch(endpoint.listener.descriptor, lastID << 1, from: [], to: .readable)
            case .close(let endpoint): for id in ids(of: endpoint) { shut(id) }
            case .rules(let rules, let endpoint): setRules(rules, of: endpoint)
            case .totals(let totals):
                budget.set(totals)
                isRoomToBeLookedFor = true
            case .list(let reply): reply(connections.values.map { $0.report(now) })
            case .end(let id, let refusal, let reply):
                let connection = connections[id]
                if let connection { refuse(connection, refusal) }
                reply(connection != nil)
            case .closeAll:
                isLeaving = true
                for (id, endpoint) in endpoints where !endpoint.rules.isAdministrative { shut(id) }
            case .recheckPeers: recheckPeers()
            case .review(let readers, let closesBehind):
                review(readers, closesBehind: closesBehind)
            case .finish(let deadline): finish(by: deadline)
            }
        }
    }

    private func ids(of endpoint: Endpoint) -> [UInt64] {
        endpoints.filter { $0.value.listener.endpoint == endpoint }.map(\.key)
    }

    private mutating func setRules(_ rules: GateRules, of endpoint: Endpoint) {
        for id in ids(of: endpoint) {
            guard let changed = endpoints[id]?.with(rules) else { continue }
            endpoints[id] = changed
            for connection in connections.values where connection.endpoint.isSame(as: changed) {
                connection.adopt(changed)
            }
        }
        isRoomToBeLookedFor = true
    }

    /// Only the first order to finish counts.
    private mutating func finish(by deadline: ContinuousClock.Instant) {
        guard end == nil else { return }
        end = deadline
        for id in Array(endpoints.keys) { shut(id) }
        // Whatever is not yet through the handshake will not be.
        for connection in connections.values where connection.isHandshaking { close(connection) }
    }

    private mutating func recheckPeers() {
        for connection in Array(connections.values) {
            guard let client = connection.client, let security = connection.endpoint.security
            else { continue }
            if case .admitted(let now) = security.admit(client.publicKey),
                now.allowsSame(as: client)
            {
                budget.keys.adopt(now)
                continue
            }
            refuse(
                connection,
                GateRefusal(.revoked, "the key was revoked, or its rights were changed"))
        }
    }

    private mutating func shut(_ id: UInt64) {
        guard let endpoint = endpoints.removeValue(forKey: id) else { return }
        epoll.watch(endpoint.listener.descriptor, 0, from: .readable, to: [])
        endpoint.listener.end()
    }

    // MARK: Connections

    private mutating func accept(_ endpoint: GateEndpoint, _ id: UInt64) {
        for _ in 0..<Self.burst {
            do throws(ZeroMQError.Code) {
                guard let (stream, peer) = try endpoint.listener.accept() else { return }
                if endpoint.listener.admits(stream) {
                    begin(stream, peer, endpoint)
                } else {
                    report(
                        GateRefusal(.user, "the mode of the socket does not admit this user"),
                        endpoint, peer: peer)
                }
                // Peers see that nothing listens, as they would from libzmq.
                guard !endpoint.isAbandoned else { return shut(id) }
            } catch {
                // Too many open files, most likely; without a pause this would be called at once.
                epoll.watch(endpoint.listener.descriptor, id << 1, from: .readable, to: [])
                setDeadline(now + Self.pause, for: id)
                return report(
                    GateRefusal(.connections, "cannot accept: \(error)"), endpoint, peer: "unknown")
            }
        }
    }

    private mutating func begin(_ stream: ByteStream, _ peer: String, _ endpoint: GateEndpoint) {
        if endpoint.connections.value >= endpoint.rules.connections,
            !closeHalfOpen(
                halfOpen.oldest(of: endpoint), "\(endpoint.rules.connections) others were open")
        {
            return report(
                GateRefusal(
                    .connections, "there are \(endpoint.rules.connections) connections already"),
                endpoint, peer: peer)
        }
        lastID += 1
        let connection = GateConnection(
            id: lastID, endpoint, stream, peer: peer, budget, ledger, now: now)
        makeHalfOpenRoom(for: connection)
        connections[lastID] = connection
        halfOpen.add(connection)
        endpoint.connections.add(1)
        statistics.open.add(1)
        serve(connection)
    }

    /// Of connections in their handshake the oldest makes room.
    private mutating func makeHalfOpenRoom(for connection: GateConnection) {
        let (endpoint, rules) = (connection.endpoint, connection.endpoint.rules)
        _ = closeHalfOpen(
            halfOpen.oldest(
                of: endpoint, at: connection.address, ifAtLeast: rules.addressHalfOpen),
            "\(rules.addressHalfOpen) others of its address had begun theirs")
        _ = closeHalfOpen(
            halfOpen.oldest(of: endpoint, ifAtLeast: rules.halfOpen),
            "\(rules.halfOpen) others had begun theirs")
    }

    private mutating func closeHalfOpen(_ id: UInt64?, _ others: String) -> Bool {
        guard let connection = id.flatMap({ connections[$0] }) else { return false }
        refuse(
            connection,
            GateRefusal(
                .handshake, "the handshake was not complete when \(others)"))
        return true
    }

    private mutating func serve(_ connection: GateConnection) {
        do throws(GateRefusal) {
            guard try connection.pump(&scratch, now: now) else { return close(connection) }
        } catch {
            return refuse(connection, error)
        }
        let refused = connection.takeRefusedTopics()
        if !refused.isEmpty { report(refused, of: connection) }
        if !connection.isPeer && !connection.isHandshaking {
            connection.isPeer = true
            statistics.accepted.add()
            connection.endpoint.peers.add(1)
            halfOpen.remove(connection)
        }
        watch(connection)
        if budget.hasTooMuchIncomplete { closeLargest() }
    }

    private mutating func watch(_ connection: GateConnection) {
        let id = connection.id
        let (outer, inner) = (connection.wantedOuter, connection.wantedInner)
        epoll.watch(
            connection.outer.descriptor, id << 1, from: connection.watchedOuter, to: outer)
        connection.watchedOuter = outer
        if let stream = connection.inner {
            epoll.watch(stream.descriptor, id << 1 | 1, from: connection.watchedInner, to: inner)
            connection.watchedInner = inner
        }
        if connection.isWaitingForRoom { waiting.insert(id) } else { waiting.remove(id) }
        setDeadline(connection.nextDeadline, for: id)
    }

    /// All peers together hold too much that no message's end has come for.
    private mutating func closeLargest() {
        guard let largest = connections.values.max(by: { $0.incompleteBytes < $1.incompleteBytes })
        else { return }
        refuse(
            largest,
            GateRefusal(
                .totalBytes,
                "its unfinished message of \(largest.incompleteBytes) bytes is the largest of more "
                    + "than \(budget.incompleteLimit) bytes of unfinished messages in all"))
    }

    private func report(_ topics: [[UInt8]], of connection: GateConnection) {
        statistics.refusedSubscriptions.add(topics.count)
        let topic = String(decoding: topics[0], as: UTF8.self).debugDescription
        notice(
            GateNotice(
                refusal: GateRefusal(
                    .right, "the key does not allow the subscription to \(topic)"
                ).of(key: connection.client?.name),
                endpoint: connection.endpoint.listener.endpoint.text, peer: connection.peer,
                isClosed: false))
    }

    /// Looks again at the readers of a socket.
    private mutating func review(_ readers: GateReaders, closesBehind: Bool) {
        now = .now
        for connection in Array(connections.values) where connection.endpoint.readers === readers {
            if closesBehind, let refusal = connection.refusalOfBehind {
                refuse(connection, refusal)
            } else {
                serve(connection)
            }
        }
    }

    private mutating func refuse(_ connection: GateConnection, _ refusal: GateRefusal) {
        let refusal = refusal.of(key: connection.client?.name)
        if refusal.code == .slow { connection.endpoint.readers.disconnected.add() }
        report(refusal, connection.endpoint, peer: connection.peer)
        close(connection)
    }

    private mutating func close(_ connection: GateConnection) {
        guard connections.removeValue(forKey: connection.id) != nil else { return }
        connection.release(now)
        connection.endpoint.connections.add(-1)
        statistics.open.add(-1)
        if connection.isPeer {
            connection.endpoint.peers.add(-1)
        } else {
            halfOpen.remove(connection)
        }
        waiting.remove(connection.id)
        deadlines[connection.id] = nil
        isRoomToBeLookedFor = true
    }

    private func report(_ refusal: GateRefusal, _ endpoint: GateEndpoint, peer: String) {
        statistics.closed.add(refusal.code)
        notice(
            GateNotice(
                refusal: refusal, endpoint: endpoint.listener.endpoint.text, peer: peer,
                isClosed: true))
    }

    // MARK: What waits

    private mutating func lookForRoom() {
        guard isRoomToBeLookedFor || budget.isTrimDue else { return }
        isRoomToBeLookedFor = false
        setDeadline(budget.releaseOrphans(now), for: 0)
        if !waiting.isEmpty {
            ledger.isAwaited.store(true, ordering: .sequentiallyConsistent)
            for id in waiting { if let connection = connections[id] { serve(connection) } }
        }
        if let trim = budget.trim(now) {
            setDeadline(min(trim, deadlines[0] ?? trim), for: 0)
        }
    }

    private mutating func setDeadline(_ deadline: ContinuousClock.Instant?, for id: UInt64) {
        guard deadlines[id] != deadline else { return }
        deadlines[id] = deadline
        if let deadline { nextDeadline = min(nextDeadline ?? deadline, deadline) }
    }

    private mutating func meetDeadlines() {
        guard let next = nextDeadline, next <= now else { return }
        let due = deadlines.filter { $0.value <= now }.keys
        for id in due {
            deadlines[id] = nil
            if id == 0 {
                isRoomToBeLookedFor = true
                lookForRoom()
            } else if let endpoint = endpoints[id] {
                epoll.watch(endpoint.listener.descriptor, id << 1, from: [], to: .readable)
            } else if let connection = connections[id] {
                serve(connection)
            }
        }
        nextDeadline = deadlines.values.min()
    }
}
