import Metrics
import Synchronization

/// One peer's connection and the one to libzmq for it, and the bytes in transit between them. It
/// belongs to the gate's thread.
///
/// Towards libzmq it holds no more than one read's worth: the next read follows the last write. What
/// libzmq holds for the application is counted as its messages become complete, and taken back as the
/// application takes them (`GateLedger`). What the peer does not read waits here (`GateReaders`).
final class GateConnection {
    let id: UInt64
    private(set) var endpoint: GateEndpoint
    let peer: String
    /// Nil for a peer of the same machine, by ipc.
    let address: GateAddress?
    let outer: ByteStream
    private(set) var inner: ByteStream?
    private let budget: GateBudget
    private let ledger: GateLedger
    private let account: GateLedger.Account
    private var name: UInt64?

    private var meter: ZMTPMeter
    /// Nil where the endpoint is not encrypted.
    private var channel: CurveChannel?
    private var subscriptions: GateSubscriptions
    /// Of the client's key.
    private var keyUse: GateKeys.Use?
    /// Read, and waiting until subscriptions may change again.
    private var unread: [UInt8] = []
    private var toInner = PendingBytes()
    private var outgoing: PeerQueue
    /// When the peer will have read nothing for too long.
    private var patienceEnd: ContinuousClock.Instant?
    private var hasOuterEnded = false
    private var hasInnerEnded = false
    private var times: GateTimes
    private var bytesIn = 0
    private var bytesOut = 0
    /// Subscriptions that the client's key does not allow, since they were last taken.
    private var refusedTopics: [[UInt8]] = []
    private var share: GateShare

    /// What it waits for besides its sockets.
    private(set) var isWaitingForRoom = false
    private var deadline: ContinuousClock.Instant?

    /// Whether it is counted as a peer: its handshake is complete.
    var isPeer = false
    /// What the epoll watches for it.
    var watchedOuter = Epoll.Events()
    var watchedInner = Epoll.Events()

    /// Bytes moved before the next connection's turn.
    private static let turnBytes = 256 << 10
    /// How long a peer may take to close its end after ours.
    private static let closingTime = Duration.milliseconds(500)

    init(
        id: UInt64, _ endpoint: GateEndpoint, _ outer: ByteStream, peer: String,
        _ budget: GateBudget, _ ledger: GateLedger, now: ContinuousClock.Instant
    ) {
        self.id = id
        self.endpoint = endpoint
        self.outer = outer
        outgoing = PeerQueue(to: outer, of: endpoint.readers)
        self.peer = peer
        address = endpoint.listener.endpoint.isTCP ? GateAddress(peer: peer) : nil
        account = GateLedger.Account(connection: id, peer: peer)
        self.budget = budget
        self.ledger = ledger
        meter = ZMTPMeter(endpoint.rules)
        channel = endpoint.security.map { CurveChannel($0, endpoint.rules) }
        subscriptions = GateSubscriptions(endpoint.rules, budget)
        share = GateShare(budget, ledger, account)
        times = GateTimes(endpoint.rules, now: now)
        deadline = times.handshakeEnd
    }

    func report(_ now: ContinuousClock.Instant) -> GateConnectionReport {
        GateConnectionReport(
            id: id, endpoint: endpoint.listener.endpoint, peer: peer,
            key: client?.name, age: times.start.duration(to: now),
            isHandshaking: isHandshaking, isAdministrative: endpoint.rules.isAdministrative,
            bytesIn: bytesIn, bytesOut: bytesOut, messages: meter.messages,
            refused: account.refused.load(ordering: .relaxed),
            waiting: share.waiting + share.incomplete, subscriptions: subscriptions.count)
    }

    /// Goes on by the rules that its endpoint has now.
    func adopt(_ endpoint: GateEndpoint) {
        self.endpoint = endpoint
        meter.rules = endpoint.rules
        channel?.adopt(endpoint.rules)
        subscriptions.adopt(endpoint.rules)
    }

    var isHandshaking: Bool { meter.isHandshaking }
    /// Of the client's key; nil where the endpoint is not encrypted, and before it is proved.
    var client: GatePeer? { channel?.peer }
    /// libzmq has bytes to take first. Before there is a connection to it, the beginning of a
    /// greeting waits here, and the rest of it must be read.
    private var isInnerBehind: Bool { inner != nil && !toInner.isEmpty }
    var incompleteBytes: Int { share.incomplete }

    /// Its handshake has to wait, or it does not read the answers to what it sends.
    private var isHeldUp: Bool {
        awaitsHandshake || outgoing.isFull && endpoint.rules.traffic == .messages
    }

    // MARK: Both directions

    /// Moves the bytes that can be moved now. False if the connection has ended.
    func pump(_ scratch: inout [UInt8], now: ContinuousClock.Instant) throws(GateRefusal) -> Bool {
        try checkTime(now)
        try pumpIn(&scratch, now)
        try pumpOut(&scratch, now)
        return goesOn(now)
    }

    private func checkTime(_ now: ContinuousClock.Instant) throws(GateRefusal) {
        // What waits for the daemon is not idle.
        if isWaitingForRoom { times.noteMove(now) }
        guard !hasInnerEnded else { return }
        if isHandshaking {
            try times.checkHandshake(endpoint.rules, now)
        } else {
            try times.checkIdle(endpoint.rules, now)
        }
    }

    /// When it is to be served again, whatever its sockets do.
    var nextDeadline: ContinuousClock.Instant? {
        let idleEnd = isHandshaking || hasInnerEnded ? nil : times.idleEnd(endpoint.rules)
        return [deadline, idleEnd, patienceEnd].compactMap(\.self).min()
    }

    var wantedOuter: Epoll.Events {
        var events = Epoll.Events()
        let mayRead = !isInnerBehind && unread.isEmpty && !isWaitingForRoom && !isHeldUp
        if !hasOuterEnded && (mayRead || hasInnerEnded) { events.insert(.readable) }
        if !outgoing.isEmpty && !outgoing.isDeaf { events.insert(.writable) }
        return events
    }

    var wantedInner: Epoll.Events {
        var events = Epoll.Events()
        if inner != nil && !hasInnerEnded {
            if hasRoomOut { events.insert(.readable) }
            if !toInner.isEmpty { events.insert(.writable) }
        }
        return events
    }

    func takeRefusedTopics() -> [[UInt8]] {
        defer { refusedTopics = [] }
        return refusedTopics
    }

    /// Its handshake is not computed yet, since there are many.
    private var awaitsHandshake: Bool { channel?.awaitsTurn ?? false }

    // MARK: From the peer

    private func pumpIn(
        _ scratch: inout [UInt8], _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        guard !hasInnerEnded else { return discard(&scratch) }
        var left = Self.turnBytes
        if awaitsHandshake { try take(scratch.span.extracting(..<0), now) }
        while left > 0 {
            if let inner, !toInner.flush(to: inner) { return endInner() }
            guard !isInnerBehind, !isHeldUp, hasRoom() else { return }
            if !unread.isEmpty {
                let waiting = unread
                unread = []
                try forward(waiting.span, now)
                left -= waiting.count
                guard unread.isEmpty else { return }
                continue
            }
            guard !hasOuterEnded else { return }
            switch outer.receive(into: &scratch) {
            case .none: return
            case .ended: hasOuterEnded = true
            case .bytes(let count):
                left -= count
                bytesIn += count
                times.noteMove(now)
                try take(scratch.span.extracting(..<count), now)
                if count < scratch.count { return }
            }
        }
    }

    /// What a peer sends after libzmq has closed the connection is of no use.
    private func discard(_ scratch: inout [UInt8]) {
        while !hasOuterEnded {
            let transfer = outer.receive(into: &scratch)
            if transfer == .none { return }
            hasOuterEnded = transfer == .ended
        }
    }

    /// Decrypts where the endpoint is encrypted, and forwards.
    private func take(
        _ bytes: Span<UInt8>, _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        guard channel != nil else { return try takePlain(bytes, now) }
        var output = CurveChannel.Output()
        do throws(GateRefusal) {
            try channel?.take(bytes, &output)
            try takeTurn(&output, now)
            if keyUse == nil, let client, !endpoint.rules.isAdministrative {
                keyUse = try budget.keys.join(client)
            }
        } catch {
            _ = outer.send(output.outward.span)
            throw error
        }
        refusedTopics += output.refusedTopics
        if !output.outward.isEmpty { outgoing.add(output.outward.span) }
        try forward(output.inward.span, now)
    }

    /// Computes the handshake, if it is its turn.
    private func takeTurn(
        _ output: inout CurveChannel.Output, _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        guard awaitsHandshake else { return }
        let next =
            endpoint.rules.isAdministrative
            ? budget.administrativeHandshakes.take(address, now)
            : budget.handshakes.take(address, now)
        deadline = min(next ?? times.handshakeEnd, times.handshakeEnd)
        if next == nil { try channel?.takeTurn(&output) }
    }

    /// A client that wants encryption is told which mechanism there is: its libzmq reports it.
    private func takePlain(
        _ bytes: Span<UInt8>, _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        do throws(GateRefusal) {
            try forward(bytes, now)
        } catch {
            if error.code == .mechanism, bytesOut < ZMTPGreeting.byteCount {
                let greeting = ZMTPGreeting.bytes(.null, isServer: false)
                _ = outer.send(greeting.span.extracting(bytesOut...))
            }
            throw error
        }
    }

    /// Checks bytes and passes them on, up to where subscriptions change too fast.
    private func forward(
        _ bytes: Span<UInt8>, _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        var taken = 0
        while taken < bytes.count {
            guard mayChange(now) else {
                keep(bytes.extracting(taken...))
                break
            }
            let progress = try meter.take(bytes.extracting(taken...))
            taken += progress.count
            guard progress.isChange else { continue }
            try subscriptions.apply(progress.change, endpoint.rules, of: keyUse, now: now)
        }
        countBytes()
        if inner == nil && meter.hasSignature { connectInside() }
        if !isHandshaking && unread.isEmpty { deadline = nil }
        guard let inner else {
            toInner.append(bytes.extracting(..<taken))
            return
        }
        if !toInner.send(bytes.extracting(..<taken), to: inner) { endInner() }
    }

    private func keep(_ bytes: Span<UInt8>) {
        unread = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
    }

    private func connectInside() {
        guard let (stream, name) = endpoint.connectInside() else { return endInner() }
        inner = stream
        self.name = name
        ledger.add(account, name: name)
    }

    private func endInner() {
        hasInnerEnded = true
        toInner.removeAll()
        unread = []
    }

    // MARK: Limits

    private func countBytes() {
        guard endpoint.rules.traffic == .messages else { return }
        share.set(
            complete: meter.completeBytes,
            incomplete: meter.incompleteBytes + (channel?.incompleteBytes ?? 0))
    }

    /// Whether the peer may send more for now.
    private func hasRoom() -> Bool {
        isWaitingForRoom = endpoint.rules.traffic == .messages && !share.hasRoom(endpoint.rules)
        return !isWaitingForRoom
    }

    private func mayChange(_ now: ContinuousClock.Instant) -> Bool {
        guard endpoint.rules.traffic == .subscriptions, !isHandshaking,
            let next = subscriptions.wait(now)
        else { return true }
        deadline = next
        return false
    }

    // MARK: To the peer

    private func pumpOut(
        _ scratch: inout [UInt8], _ now: ContinuousClock.Instant
    ) throws(GateRefusal) {
        outgoing.flush(bound, now)
        var left = Self.turnBytes
        pumping: while left > 0, let inner, !hasInnerEnded, hasRoomOut {
            switch inner.receive(into: &scratch) {
            case .none: break pumping
            case .ended: endInner()
            case .bytes(let count):
                left -= count
                bytesOut += count
                times.noteMove(now)
                guard !outgoing.isDeaf else { continue }
                send(scratch.span.extracting(..<count))
                outgoing.flush(bound, now)
            }
        }
        patienceEnd = isHandshaking || hasInnerEnded ? nil : try outgoing.deadline(bound, now)
    }

    private func send(_ bytes: Span<UInt8>) {
        guard channel != nil else { return outgoing.send(bytes, bound) }
        if !outgoing.send(bytes, bound, encrypted: { channel?.encrypt($0) }) { endInner() }
    }

    private var bound: PeerQueue.Bound {
        endpoint.readers.bound(readers: endpoint.peers.value)
    }

    private var hasRoomOut: Bool { outgoing.hasRoom(bound, isHandshaking: isHandshaking) }

    /// The refusal of a reader for which too much waits, if this is one.
    var refusalOfBehind: GateRefusal? {
        outgoing.isFull && !hasInnerEnded
            ? .slow("the output has waited for it as long as it may") : nil
    }

    // MARK: The end

    private var isClosing = false

    private func goesOn(_ now: ContinuousClock.Instant) -> Bool {
        if hasInnerEnded { return goesOnWithoutInner(now) }
        guard hasOuterEnded, !isInnerBehind, unread.isEmpty else { return true }
        outgoing.end()
        guard inner != nil, share.waiting > 0 else { return false }
        // libzmq's end stays open until the application has taken all: its descriptor names the
        // peer of each message.
        isWaitingForRoom = true
        share.awaitTaking()
        return share.waiting > 0
    }

    /// libzmq has closed its end: what it sent is delivered, and then ours is closed.
    private func goesOnWithoutInner(_ now: ContinuousClock.Instant) -> Bool {
        isWaitingForRoom = false
        if hasOuterEnded { return false }
        if !isClosing {
            isClosing = true
            deadline = now + max(endpoint.linger, .milliseconds(1))
        }
        if outgoing.isEmpty && !outgoing.isDeaf {
            outgoing.end()
            outer.endSending()
            deadline = now + Self.closingTime
        }
        guard let deadline else { return false }
        return deadline > now && inner != nil
    }

    /// Returns its share of the budget.
    func release(_ now: ContinuousClock.Instant) {
        outgoing.release()
        if let name { ledger.remove(name: name) }
        share.release(endpoint.socket, now)
        subscriptions.release()
        if let keyUse { budget.keys.leave(keyUse, subscriptions: subscriptions.count) }
    }
}
