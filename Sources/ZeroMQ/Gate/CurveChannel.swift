import Curve

/// The gate's end of an encrypted connection (CurveZMQ). To libzmq it speaks for the client without
/// encryption, so that the gate's limits see what libzmq will.
///
/// Nothing of a client reaches libzmq before it has proved a key that is admitted. It belongs to the
/// gate's thread.
struct CurveChannel {
    /// What came of bytes from the client.
    struct Output {
        /// For libzmq.
        var inward: [UInt8] = []
        /// For the client.
        var outward: [UInt8] = []
        /// Subscriptions to topics that its key does not allow.
        var refusedTopics: [[UInt8]] = []
    }

    private enum Phase { case greeting, hello, initiate, traffic }

    private let security: GateSecurity
    private var rules: GateRules
    /// Made when it is this client's turn, since that costs time.
    private var handshake: CurveHandshake?
    /// A HELLO that waits for its turn.
    private var hello: ZMTPFrames.Frame?
    private var cipher: CurveCipher?
    private var phase = Phase.greeting
    private var greeting = ZMTPGreeting(.curve)
    private var hasGreeted = false
    private var fromClient = ZMTPFrames()
    private var fromLibzmq = ZMTPFrames()
    private var libzmqGreetingLeft = ZMTPGreeting.byteCount
    private var isLibzmqReady = false
    private var filter: SubscriptionFilter?

    /// Who the client is; nil until it has proved it.
    private(set) var peer: GatePeer?

    init(_ security: GateSecurity, _ rules: GateRules) {
        self.security = security
        self.rules = rules
    }

    /// Goes on by other limits.
    mutating func adopt(_ rules: GateRules) {
        self.rules = rules
        filter?.rules = rules
    }

    /// Bytes of an unfinished frame of the client's.
    var incompleteBytes: Int { phase == .traffic ? fromClient.byteCount : 0 }

    /// - Throws: `GateRefusal`; then `output` may have words for the client.
    mutating func take(_ bytes: Span<UInt8>, _ output: inout Output) throws(GateRefusal) {
        var index = 0
        while phase == .greeting, index < bytes.count {
            try greet(bytes[index], &output)
            index += 1
        }
        fromClient.append(bytes.extracting(index...))
        try takeFrames(&output)
    }

    private mutating func takeFrames(_ output: inout Output) throws(GateRefusal) {
        while hello == nil, let frame = try fromClient.next(limit: frameLimit) {
            if phase == .hello, frame.body.count == CurveHandshake.helloBytes {
                hello = frame
            } else {
                try take(frame, &output)
            }
        }
    }

    /// Whether the next command of the handshake waits for `takeTurn`.
    var awaitsTurn: Bool { hello != nil }

    /// Goes on with the handshake.
    mutating func takeTurn(_ output: inout Output) throws(GateRefusal) {
        guard let frame = hello else { return }
        hello = nil
        try take(frame, &output)
        try takeFrames(&output)
    }

    /// The client gets our mechanism when its own is known, also if that is another: so both sides
    /// learn of the difference.
    private mutating func greet(_ byte: UInt8, _ output: inout Output) throws(GateRefusal) {
        let ours = ZMTPGreeting.bytes(.curve, isServer: true)
        do throws(GateRefusal) {
            try greeting.take(byte)
        } catch {
            if error.code == .mechanism {
                output.outward += ours.dropFirst(ZMTPGreeting.versionEnd)
            }
            throw error
        }
        if greeting.hasSignature, !hasGreeted {
            hasGreeted = true
            output.outward += ours.prefix(ZMTPGreeting.versionEnd)
        }
        guard greeting.isComplete else { return }
        phase = .hello
        output.outward += ours.dropFirst(ZMTPGreeting.versionEnd)
    }

    private mutating func take(
        _ frame: ZMTPFrames.Frame, _ output: inout Output
    ) throws(GateRefusal) {
        switch phase {
        case .greeting: break
        case .hello:
            var handshake = CurveHandshake(security.pair)
            let welcome = try Self.checked { () throws(CurveHandshake.Failure) in
                try handshake.welcome(frame.body)
            }
            self.handshake = handshake
            output.outward += command(welcome)
            phase = .initiate
        case .initiate:
            guard var handshake else { break }
            self.handshake = nil
            let (client, cipher) = try Self.checked { () throws(CurveHandshake.Failure) in
                try handshake.client(frame.body)
            }
            self.cipher = cipher
            phase = .traffic
            try admit(client, &output)
        case .traffic:
            let content = try Self.checked { () throws(CurveHandshake.Failure) in
                try cipher?.open(frame.body)
            }
            if let content { try pass(content, &output) }
        }
    }

    private static func checked<Value>(
        _ body: () throws(CurveHandshake.Failure) -> Value
    ) throws(GateRefusal) -> Value {
        do throws(CurveHandshake.Failure) {
            return try body()
        } catch {
            throw GateRefusal(.curve, error.reason)
        }
    }

    private func command(_ body: [UInt8]) -> [UInt8] { ZMTPFrames.bytes(body, flags: 4) }

    /// Bytes of a frame, encrypted.
    private var frameLimit: Int {
        guard phase == .traffic else { return GateRules.handshakeBytes }
        let most =
            switch rules.traffic {
            case .messages: max(rules.frameBytes, GateRules.commandBytes)
            case .subscriptions: max(rules.topicBytes + 10, GateRules.commandBytes)
            case .nothing: GateRules.commandBytes
            }
        return min(most, .max - CurveCipher.overhead) + CurveCipher.overhead
    }

    // MARK: Who it is

    private mutating func admit(
        _ client: CurveHandshake.Client, _ output: inout Output
    ) throws(GateRefusal) {
        switch security.admit(client.publicKey) {
        case .refused(let refusal, let name):
            // As libzmq reports what a ZAP handler has refused.
            output.outward += command(Self.error("400"))
            throw refusal.of(key: name)
        case .admitted(let peer):
            guard let metadata = Self.metadata(client.metadata, of: peer) else {
                throw GateRefusal(.malformed, "the metadata of INITIATE cannot be read")
                    .of(key: peer.name)
            }
            self.peer = peer
            if rules.traffic == .subscriptions { filter = SubscriptionFilter(peer.topics, rules) }
            output.inward +=
                ZMTPGreeting.bytes(.null, minorVersion: greeting.minorVersion, isServer: false)
                + command([5] + Array("READY".utf8) + metadata)
        }
    }

    private static func error(_ reason: String) -> [UInt8] {
        [5] + Array("ERROR".utf8) + [UInt8(reason.utf8.count)] + Array(reason.utf8)
    }

    /// The client's properties with two changes: its key, which only the gate can put there, and its
    /// identity, which begins with the key, so that no client can take another key's place at a
    /// ROUTER. Nil if they are malformed.
    private static func metadata(_ bytes: [UInt8], of peer: GatePeer) -> [UInt8]? {
        guard let properties = ZMTPProperties(bytes) else { return nil }
        var result = ZMTPProperties()
        for property in properties.all where !property.isNamed(GatePeer.property) {
            if property.isNamed("Identity") {
                guard !property.value.isEmpty else { continue }
                let own = Array("k".utf8) + peer.publicKey.bytes + property.value
                guard own.count <= 255 else { return nil }
                result.add("Identity", own)
            } else {
                result.add(property)
            }
        }
        result.add(GatePeer.property, Array(peer.publicKey.text.utf8))
        return result.bytes
    }

    // MARK: Traffic

    /// - Parameter content: flags, and then a frame's body.
    private mutating func pass(
        _ content: [UInt8], _ output: inout Output
    ) throws(GateRefusal) {
        let flags = (content[0] & 1) | (content[0] & 2) << 1
        let frame = ZMTPFrames.Frame(flags: flags, body: Array(content.dropFirst()))
        guard filter != nil else {
            output.inward += ZMTPFrames.bytes(frame.body, flags: frame.flags)
            return
        }
        try filter?.pass(frame, &output)
    }

    /// What libzmq sends, encrypted. Nil if that is not ZMTP, which ends the connection.
    mutating func encrypt(_ bytes: Span<UInt8>) -> [UInt8]? {
        let skipped = min(libzmqGreetingLeft, bytes.count)
        libzmqGreetingLeft -= skipped
        fromLibzmq.append(bytes.extracting(skipped...))
        var output: [UInt8] = []
        do throws(GateRefusal) {
            while let frame = try fromLibzmq.next(limit: .max) {
                guard encrypt(frame, &output) else { return nil }
            }
        } catch {
            return nil
        }
        return output
    }

    private mutating func encrypt(_ frame: ZMTPFrames.Frame, _ output: inout [UInt8]) -> Bool {
        guard cipher != nil else { return false }
        guard isLibzmqReady else {
            let ready = [5] + Array("READY".utf8)
            isLibzmqReady = frame.isCommand && frame.body.starts(with: ready)
            guard isLibzmqReady else {
                // An ERROR goes to the client as it is.
                output += command(frame.body)
                return frame.isCommand
            }
            output += command(cipher?.ready(Array(frame.body.dropFirst(ready.count))) ?? [])
            return true
        }
        let flags = (frame.flags & 1) | (frame.flags & 4) >> 1
        output += ZMTPFrames.bytes(cipher?.seal(frame.body[...], flags: flags) ?? [], flags: 0)
        return true
    }
}
