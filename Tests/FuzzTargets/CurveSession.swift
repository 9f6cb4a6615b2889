import Curve
import CurveSupport
import TestSupport

@testable import ZeroMQ

/// One connection of `CurveTarget`: a client, the channel, and libzmq behind it.
///
///     0 | …: the client's next part: greeting, HELLO, INITIATE, then MESSAGE. Of INITIATE follows
///            piece: metadata; of MESSAGE flags u8, piece: content
///     1 | …: the same, and place u16, change u8: a byte of it is another
///     2 | piece: bytes from the client
///     3 | piece: libzmq's greeting and READY with this metadata
///     4 | flags u8 | piece: a frame from libzmq
///     5 | piece: bytes from libzmq
///
/// However the bytes are cut, the same comes of them. Nothing reaches libzmq before the client has
/// proved a key that is admitted, and then what it has sent, or subscriptions within its topics.
struct CurveSession {
    enum Admission {
        /// Beginnings of the topics; nil for all.
        case topics([[UInt8]]?)
        case refused
    }

    private enum Part: Int { case greeting, hello, initiate, message }

    private var channel: CurveChannel
    private var client: CurveClient
    private let rules: GateRules
    private let admission: Admission
    private var random: SeededRandom
    private var next = Part.greeting
    private var welcome: [UInt8] = []
    /// What the client has heard, as frames.
    private var heard = ZMTPFrames()
    private var heardGreeting = 0
    /// Whether libzmq has heard of the client.
    private(set) var isInwardReady = false
    /// Frames that libzmq was sent after that, and messages that the client has opened.
    private(set) var passed = 0
    private(set) var opened = 0
    /// Whether only what a client sends was sent.
    private var isHonest = true

    init(
        _ server: CurveKeyPair, _ pair: CurveKeyPair, _ rules: GateRules, _ admission: Admission,
        cuts: UInt64
    ) {
        self.rules = rules
        self.admission = admission
        client = CurveClient(server: server.publicKey, pair: pair)
        random = SeededRandom(seed: cuts)
        let security = GateSecurity(server) { key in
            switch admission {
            case .topics(let topics):
                .admitted(GatePeer(name: "k", publicKey: key, topics: topics))
            case .refused: .refused(GateRefusal(.key, "the key is not on the list"), name: nil)
            }
        }
        channel = CurveChannel(security, rules)
    }

    /// Takes one step; false if the connection is over.
    mutating func step(_ input: inout FuzzInput) throws -> Bool {
        switch input.number(below: 6) {
        case 0: try takePart(&input, isChanged: false)
        case 1: try takePart(&input, isChanged: true)
        case 2: try takeAnything(input.piece())
        case 3: try encrypt(ZMTP.greeting(.libzmq43) + Self.ready(input.piece()))
        case 4: try encrypt(Self.frame(&input))
        default: try encrypt(input.piece())
        }
    }

    private static func frame(_ input: inout FuzzInput) -> [UInt8] {
        let flags = input.byte() & 5
        return ZMTPFrames.bytes(input.piece(), flags: flags)
    }

    private static func ready(_ metadata: [UInt8]) -> [UInt8] {
        ZMTPFrames.bytes([5] + Array("READY".utf8) + metadata, flags: 4)
    }

    // MARK: From the client

    private mutating func takePart(
        _ input: inout FuzzInput, isChanged: Bool
    ) throws -> Bool {
        let (part, flags) = (next, next == .message ? input.byte() : 0)
        let content = part.rawValue >= Part.initiate.rawValue ? input.piece() : []
        var body = try body(of: part, flags, content)
        if isChanged, part != .greeting {
            // The padding of HELLO is not looked at.
            let place = Int(input.uint16()) % body.count
            guard part != .hello || !(8..<80).contains(place) else { return true }
            body[place] ^= max(1, input.byte())
        }
        let bytes =
            part == .greeting ? body : ZMTPFrames.bytes(body, flags: part == .message ? 0 : 4)
        guard isHonest else { return try takeAnything(bytes) }
        let (output, refusal) = try take(bytes)
        if isChanged, part != .greeting {
            try require(refusal != nil, "a changed byte of \(part) is noticed")
        }
        next = Part(rawValue: part.rawValue + 1) ?? .message
        if let refusal {
            try require(
                isChanged || isRefusable(part, refusal, content), "\(part) is taken: \(refusal)")
            return false
        }
        try hear(output.outward)
        if part == .message { try check(output, of: flags, content) }
        return true
    }

    private mutating func body(
        of part: Part, _ flags: UInt8, _ content: [UInt8]
    ) throws -> [UInt8] {
        switch part {
        case .greeting: ZMTP.greeting(.libzmq43, mechanism: "CURVE")
        case .hello: try client.hello()
        case .initiate:
            welcome.isEmpty ? content : try client.initiate(welcome, metadata: content)
        case .message:
            welcome.isEmpty ? content : try client.message(content, flags: flags, welcome)
        }
    }

    private func isRefusable(_ part: Part, _ refusal: GateRefusal, _ content: [UInt8]) -> Bool {
        switch part {
        case .greeting, .hello: false
        case .initiate:
            switch admission {
            case .refused: refusal.code == .key
            case .topics: ZMTPProperties(content) == nil || content.count > 200
            }
        case .message: content.count > 100 || refusal.code == .subscriptions
        }
    }

    private mutating func takeAnything(_ bytes: [UInt8]) throws -> Bool {
        isHonest = isHonest && bytes.isEmpty
        return try take(bytes).refusal == nil
    }

    /// Gives the channel bytes, and a copy of it the same in pieces.
    private mutating func take(
        _ bytes: [UInt8]
    ) throws -> (output: CurveChannel.Output, refusal: GateRefusal?) {
        var copy = channel
        let whole = Self.take([bytes], by: &channel)
        let cut = Self.take(cuts(of: bytes, longest: 80, &random), by: &copy)
        try requireEqual(cut.refusal, whole.refusal, "refused in pieces as in one piece")
        try requireEqual(
            cut.output.inward.sorted(), whole.output.inward.sorted(), "to libzmq in pieces")
        // WELCOME has random bytes.
        try requireEqual(
            cut.output.outward.count, whole.output.outward.count, "to the client in pieces")
        try requireEqual(cut.output.refusedTopics, whole.output.refusedTopics, "refused topics")
        try requireEqual(copy.peer, channel.peer, "the peer in pieces as in one piece")
        if whole.refusal == nil {
            try requireEqual(copy.incompleteBytes, channel.incompleteBytes, "incomplete bytes")
        }
        try checkInward(whole.output)
        return whole
    }

    private static func take(
        _ pieces: [[UInt8]], by channel: inout CurveChannel
    ) -> (output: CurveChannel.Output, refusal: GateRefusal?) {
        var output = CurveChannel.Output()
        do throws(GateRefusal) {
            for piece in pieces {
                try channel.take(piece.span, &output)
                try channel.takeTurn(&output)
            }
        } catch {
            return (output, error)
        }
        return (output, nil)
    }

    // MARK: To libzmq

    private mutating func checkInward(_ output: CurveChannel.Output) throws {
        var inward = output.inward
        guard let peer = channel.peer else {
            return try require(inward.isEmpty, "nothing is passed on before a key is proved")
        }
        if case .refused = admission { throw BrokenProperty(description: "it is not admitted") }
        try requireEqual(peer.publicKey, client.pair.publicKey, "the key that was proved")
        if !isInwardReady {
            try requireEqual(
                Array(inward.prefix(64)), ZMTP.greeting(.libzmq43), "the greeting to libzmq")
            inward.removeFirst(64)
        }
        var frames = ZMTPFrames()
        frames.append(inward.span)
        while let frame = try nextFrame(&frames) { try check(frame) }
        try requireEqual(frames.byteCount, 0, "whole frames are passed on")
    }

    private func nextFrame(_ frames: inout ZMTPFrames) throws -> ZMTPFrames.Frame? {
        do throws(GateRefusal) {
            return try frames.next(limit: .max)
        } catch {
            // A message that is a command and continues, as only messages may say; the meter refuses it.
            guard rules.traffic != .subscriptions else { throw error }
            frames = ZMTPFrames()
            return nil
        }
    }

    private mutating func check(_ frame: ZMTPFrames.Frame) throws {
        guard isInwardReady else {
            isInwardReady = true
            return try checkReady(frame)
        }
        passed += 1
        guard rules.traffic == .subscriptions else { return }
        guard !frame.isCommand else {
            return try require(
                frame.body.starts(with: [4, 80]), "a command that is neither PING nor PONG")
        }
        try require(!frame.hasMore && frame.body[0] <= 1, "a frame that is no subscription")
        guard case .topics(let topics?) = admission else { return }
        try require(
            topics.contains { frame.body.dropFirst().starts(with: $0) }, "a topic of another")
    }

    /// Only the gate says whose key it is, and identities begin with it.
    private func checkReady(_ frame: ZMTPFrames.Frame) throws {
        let ready = [5] + Array("READY".utf8)
        try require(frame.isCommand && frame.body.starts(with: ready), "READY first")
        let properties = ZMTPProperties(Array(frame.body.dropFirst(ready.count)))?.all ?? []
        let key = client.pair.publicKey
        try requireEqual(
            properties.filter { $0.isNamed(GatePeer.property) }.map(\.value),
            [Array(key.text.utf8)], "the key in READY")
        for identity in properties where identity.isNamed("Identity") {
            try require(
                identity.value.starts(with: Array("k".utf8) + key.bytes), "an identity of another")
        }
    }

    /// A message passes as it was sent.
    private func check(
        _ output: CurveChannel.Output, of flags: UInt8, _ content: [UInt8]
    ) throws {
        guard rules.traffic != .subscriptions, isHonest else { return }
        let kept = (flags & 1) | (flags & 2) << 1
        try requireEqual(output.inward, ZMTPFrames.bytes(content, flags: kept), "to libzmq")
    }

    // MARK: From libzmq

    private mutating func encrypt(_ bytes: [UInt8]) throws -> Bool {
        var copy = channel
        let whole = channel.encrypt(bytes.span)
        var cut: [UInt8]? = []
        for piece in cuts(of: bytes, longest: 30, &random) where cut != nil {
            cut = copy.encrypt(piece.span).map { (cut ?? []) + $0 }
        }
        try requireEqual(cut, whole, "encrypted in pieces as in one piece")
        guard let whole else { return false }
        if channel.peer == nil {
            try require(whole.isEmpty, "libzmq is not heard before a key is proved")
        }
        try hear(whole)
        return true
    }

    /// What the client reads; it opens every message.
    private mutating func hear(_ bytes: [UInt8]) throws {
        let skipped = min(64 - heardGreeting, bytes.count)
        heardGreeting += skipped
        heard.append(Array(bytes.dropFirst(skipped)).span)
        while let frame = try heard.next(limit: .max) {
            let body = frame.body
            if body.starts(with: [7] + Array("WELCOME".utf8)) { welcome = body }
            if body.starts(with: [7] + Array("MESSAGE".utf8)) {
                _ = try client.content(of: body, welcome)
                opened += 1
            }
        }
    }
}
