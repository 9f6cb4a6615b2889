import Metrics
import Threads
import ZeroMQ

/// A socket at its endpoints, with its side of the gate. It belongs to the thread that opened it.
struct OpenSocket: ~Copyable {
    let socket: Socket
    let credit: GateCredit
    /// The peers behind the gate; nil without one.
    let readers: GateReaders?
    private var options: SocketOptions
    private let traffic: GateRules.Traffic
    private let isAdministrative: Bool
    private let security: GateSecurity?
    private let gate: Gate?
    private var places: [Place] = []
    private var watch: ConnectionWatch?

    /// An endpoint as it is configured, and with wildcards filled in.
    private struct Place {
        let configured: Endpoint
        let actual: Endpoint
        let isBound: Bool
    }

    /// A socket without an endpoint.
    init(
        _ socket: consuming Socket, _ options: SocketOptions, _ traffic: GateRules.Traffic,
        _ security: GateSecurity?, gate: Gate?, limits: Configuration.Limits,
        isAdministrative: Bool, readers: GateReaders?
    ) {
        self.isAdministrative = isAdministrative
        self.socket = socket
        self.options = options
        self.traffic = traffic
        self.security = security
        self.gate = gate
        self.readers = readers
        credit = gate?.makeCredit() ?? .none
    }

    /// Where it is bound and connected, wildcards filled in.
    var endpoints: [Endpoint] { places.map(\.actual) }

    /// All its endpoints, as requests and logs name them.
    var endpointText: String { endpoints.map(\.text).joined(separator: " ") }

    // MARK: Endpoints

    mutating func bind(
        _ endpoint: Endpoint, _ limits: Configuration.Limits, opened: GateOpening? = nil
    ) throws(ZeroMQError) {
        let rules = rules(limits)
        let actual =
            if let gate {
                try gate.bind(
                    socket, to: try listening(at: endpoint, opened, gate), options, rules,
                    security: security, credit: credit, readers: readers)
            } else { try socket.bind(endpoint) }
        places.append(Place(configured: endpoint, actual: actual, isBound: true))
    }

    private func rules(_ limits: Configuration.Limits) -> GateRules {
        limits.gateRules(traffic, options, isAdministrative: isAdministrative)
    }

    private func listening(
        at endpoint: Endpoint, _ opened: GateOpening?, _ gate: Gate
    ) throws(ZeroMQError) -> GateOpening {
        if let opened { return opened }
        return try gate.listen(at: endpoint, options)
    }

    mutating func connect(_ endpoint: Endpoint) throws(ZeroMQError) {
        try socket.connect(endpoint, curve: options.curve)
        places.append(Place(configured: endpoint, actual: endpoint, isBound: false))
    }

    /// Takes other endpoints and limits. Endpoints that stay keep their connections, and so do those
    /// that are no longer bound.
    ///
    /// - Throws: the first error, after everything else was done.
    mutating func apply(_ change: borrowing SocketChange) throws(ZeroMQError) {
        var failure: ZeroMQError?
        func attempt(_ body: () throws(ZeroMQError) -> Void) {
            do throws(ZeroMQError) { try body() } catch { failure = failure ?? error }
        }
        let hasNewKeys = change.curve != options.curve
        options.curve = change.curve
        func keeps(_ place: Place) -> Bool {
            let isOutdated = hasNewKeys && !place.isBound && place.configured.isTCP
            return !isOutdated && change.keeps(place.configured, isBound: place.isBound)
        }
        for place in places where !keeps(place) {
            attempt { () throws(ZeroMQError) in try leave(place) }
        }
        places.removeAll { !keeps($0) }
        if let gate {
            let rules = rules(change.limits)
            for place in places where place.isBound { gate.setRules(rules, of: place.actual) }
            if traffic == .messages, !isAdministrative { readers?.set(change.limits.answers) }
        }
        for endpoint in change.bind where !has(endpoint, isBound: true) {
            do throws(ZeroMQError) {
                try bind(endpoint, change.limits, opened: change.opened[endpoint])
            } catch { failure = failure ?? error }
        }
        for endpoint in change.connect where !has(endpoint, isBound: false) {
            do throws(ZeroMQError) { try connect(endpoint) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func has(_ endpoint: Endpoint, isBound: Bool) -> Bool {
        places.contains { $0.configured == endpoint && $0.isBound == isBound }
    }

    private func leave(_ place: Place) throws(ZeroMQError) {
        guard place.isBound else { return try socket.disconnect(place.actual) }
        if let gate, !place.actual.isInProcess {
            gate.close(place.actual)
        } else {
            try socket.unbind(place.actual)
        }
    }

    // MARK: Connections that the socket begins

    /// From now on failures are reported. Call it before `connect`.
    mutating func watchConnections(_ log: ConnectionLog) throws(ZeroMQError) {
        watch = try ConnectionWatch(socket, options, log)
    }

    func watchConnections(by poller: inout Poller) { watch?.watch(by: &poller) }

    /// How long until a connection is due to be begun again; nil for none.
    var connectTimeout: Duration? { watch?.timeout }

    /// Takes note of failures that the poller has found, and begins again what is due.
    func proceedConnecting(_ poller: borrowing Poller) throws(ZeroMQError) {
        guard let watch else { return }
        let connected = places.filter { !$0.isBound && $0.configured.isTCP }.map(\.configured)
        guard !connected.isEmpty else { return }
        try watch.proceed(poller, connected: connected) { endpoint throws(ZeroMQError) in
            try? socket.disconnect(endpoint)
            try socket.connect(endpoint, curve: options.curve)
        }
    }

    // MARK: Messages

    /// Takes the next message, if there is one, without waiting.
    func receive(into message: inout Multipart) throws(ZeroMQError) -> Bool {
        guard try socket.receive(into: &message, wait: .never) else { return false }
        credit.took(message, added: socket.kind == .router ? 1 : 0)
        return true
    }

    /// Sends a reply without waiting. False if the peer is gone or does not read its replies.
    func reply(_ frames: [[UInt8]]) throws(ZeroMQError) -> Bool {
        do throws(ZeroMQError) {
            return try socket.send(frames, wait: .never) == .sent
        } catch let error where error.code == .hostUnreachable {
            return false
        }
    }
}

extension Endpoint {
    fileprivate var isInProcess: Bool { if case .inproc = address { true } else { false } }
}
