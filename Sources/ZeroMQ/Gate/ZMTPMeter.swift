/// Parses one direction of a ZMTP 3 connection, byte by byte, and refuses what breaks the rules.
///
/// A greeting (`ZMTPGreeting`), then frames: flags (bit 0 more, 1 long, 2 command), size of 1 byte or,
/// big-endian, of 8; body. Source: rfc.zeromq.org, 23/ZMTP and 37/ZMTP. Of an encrypted connection it
/// gets what `CurveChannel` makes of it.
struct ZMTPMeter {
    /// A subscription, or its end.
    struct Change: Equatable {
        let isSubscribe: Bool
        let topic: [UInt8]
    }

    /// How many bytes were taken: all, or up to the end of a frame that was for subscribing.
    struct Progress: Equatable {
        var count: Int
        /// Whether the last frame taken was for subscribing, or for nothing that is known.
        var isChange = false
        var change: Change?
    }

    private enum Phase: Equatable { case greeting, handshake, traffic }

    var rules: GateRules
    private var phase = Phase.greeting
    private var greeting = ZMTPGreeting(.null)
    /// Flags and size so far.
    private var header: [UInt8] = []
    private var flags: UInt8 = 0
    private var bodyLeft = 0
    private var isInBody = false
    /// The beginning of the body, as far as it is looked at.
    private var prefix: [UInt8] = []
    private var prefixLimit = 0
    private var isFirstFrame = true

    /// Cost of all messages that are complete, and of the one that is not, so far.
    private(set) var completeBytes = 0
    private(set) var messages = 0
    private(set) var incompleteBytes = 0

    init(_ rules: GateRules) { self.rules = rules }

    /// Whether the peer has shown a versioned protocol.
    var hasSignature: Bool { greeting.hasSignature }
    var isHandshaking: Bool { phase != .traffic }

    /// Takes bytes in, in pieces of any size.
    mutating func take(_ bytes: Span<UInt8>) throws(GateRefusal) -> Progress {
        var index = 0
        while index < bytes.count {
            if phase == .greeting {
                try greeting.take(bytes[index])
                if greeting.isComplete { phase = .handshake }
                index += 1
            } else if isInBody {
                let count = min(bodyLeft, bytes.count - index)
                takeBody(bytes.extracting(index..<index + count))
                index += count
            } else {
                header.append(bytes[index])
                index += 1
                try takeHeader()
            }
            if isInBody && bodyLeft == 0, let progress = try endFrame(index) { return progress }
        }
        return Progress(count: index)
    }

    // MARK: Frames

    private var isCommand: Bool { flags & 4 != 0 }
    private var hasMore: Bool { flags & 1 != 0 }

    private mutating func takeHeader() throws(GateRefusal) {
        flags = header[0]
        guard flags & 0xF8 == 0, !(isCommand && hasMore) else {
            throw GateRefusal(.malformed, "a frame has the flags \(flags); expected 0 to 4, or 6")
        }
        let isLong = flags & 2 != 0
        guard header.count == (isLong ? 9 : 2) else { return }
        let size = header.dropFirst().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let size = Int(exactly: size) else {
            throw GateRefusal(.malformed, "a frame has \(size) bytes; expected less than 2^63")
        }
        header.removeAll(keepingCapacity: true)
        prefix.removeAll(keepingCapacity: true)
        try begin(size)
        (bodyLeft, isInBody) = (size, true)
    }

    private mutating func begin(_ size: Int) throws(GateRefusal) {
        prefixLimit = 0
        guard phase == .traffic else { return try beginHandshake(size) }
        if isCommand { return try beginCommand(size) }
        switch rules.traffic {
        case .messages:
            guard size <= rules.frameBytes else {
                throw GateRefusal(
                    .frameBytes,
                    "a frame has \(size) bytes; expected at most \(rules.frameBytes)")
            }
            try beginMessageFrame(size, limit: rules.messageBytes)
        case .subscriptions:
            try checkTopic(size - 1)
            prefixLimit = size
            try beginMessageFrame(size, limit: Self.strayBytes)
        case .nothing:
            throw GateRefusal(.malformed, "a message came; this endpoint only sends")
        }
    }

    /// What a message may cost that does not change subscriptions.
    private static let strayBytes = 64 << 10

    private mutating func beginHandshake(_ size: Int) throws(GateRefusal) {
        guard isCommand, size <= GateRules.handshakeBytes else {
            throw GateRefusal(
                .handshake,
                "\(isCommand ? "a command of \(size) bytes" : "a message") came in the handshake; "
                    + "expected READY, of at most \(GateRules.handshakeBytes) bytes")
        }
        prefixLimit = 16
    }

    private mutating func beginCommand(_ size: Int) throws(GateRefusal) {
        if rules.traffic == .subscriptions {
            // Long enough to be nothing else.
            if size > GateRules.commandBytes { try checkTopic(size - 10) }
            prefixLimit = size
        } else {
            prefixLimit = 10
        }
        guard size <= max(GateRules.commandBytes, rules.topicBytes + 10) else {
            throw GateRefusal(
                .malformed,
                "a command has \(size) bytes; expected at most \(GateRules.commandBytes)")
        }
    }

    private mutating func beginMessageFrame(_ size: Int, limit: Int) throws(GateRefusal) {
        let (cost, isTooMuch) = incompleteBytes.addingReportingOverflow(size + GateRules.frameCost)
        guard !isTooMuch, cost <= limit else {
            throw GateRefusal(
                .messageBytes,
                "a message has at least \(cost) bytes, counting \(GateRules.frameCost) for each "
                    + "frame; expected at most \(limit)")
        }
        incompleteBytes += GateRules.frameCost
    }

    private func checkTopic(_ size: Int) throws(GateRefusal) {
        guard size > rules.topicBytes else { return }
        throw GateRefusal(
            .topicBytes, "a topic has \(size) bytes; expected at most \(rules.topicBytes)")
    }

    private mutating func takeBody(_ bytes: Span<UInt8>) {
        bodyLeft -= bytes.count
        if phase == .traffic && !isCommand { incompleteBytes += bytes.count }
        var index = 0
        while prefix.count < prefixLimit, index < bytes.count {
            prefix.append(bytes[index])
            index += 1
        }
    }

    // MARK: What a frame was

    private mutating func endFrame(_ index: Int) throws(GateRefusal) -> Progress? {
        isInBody = false
        if phase == .handshake {
            if Self.endsHandshake(prefix) { phase = .traffic }
            return nil
        }
        if isCommand { return try endCommand(index) }
        let isWhole = isFirstFrame && !hasMore
        isFirstFrame = !hasMore
        if !hasMore { endMessage() }
        guard rules.traffic == .subscriptions else { return nil }
        var progress = Progress(count: index, isChange: true)
        if isWhole, let first = prefix.first, first <= 1 {
            progress.change = Change(isSubscribe: first == 1, topic: Array(prefix.dropFirst()))
        }
        return progress
    }

    private mutating func endMessage() {
        if rules.traffic == .messages {
            completeBytes += incompleteBytes
            messages += 1
        }
        incompleteBytes = 0
    }

    private func endCommand(_ index: Int) throws(GateRefusal) -> Progress? {
        let subscribe = Self.isNamed("SUBSCRIBE", prefix)
        guard subscribe || Self.isNamed("CANCEL", prefix) else {
            return rules.traffic == .subscriptions ? Progress(count: index, isChange: true) : nil
        }
        guard rules.traffic == .subscriptions else {
            throw GateRefusal(.malformed, "a subscription came; this endpoint publishes nothing")
        }
        let topic = Array(prefix.dropFirst(subscribe ? 10 : 7))
        try checkTopic(topic.count)
        return Progress(
            count: index, isChange: true, change: Change(isSubscribe: subscribe, topic: topic))
    }

    /// The client's last command of NULL.
    private static func endsHandshake(_ body: [UInt8]) -> Bool { isNamed("READY", body) }

    private static func isNamed(_ name: String, _ body: [UInt8]) -> Bool {
        body.starts(with: [UInt8(name.utf8.count)] + Array(name.utf8))
    }
}
