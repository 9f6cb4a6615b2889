import ZeroMQ

extension Configuration.Limits {
    /// Bytes of a message besides its text: id, header, and the cost of frames.
    private static let besideText = 1 << 20

    var largestMessage: Int { messageBytes ?? max(64 << 20, maxTextBytes) + Self.besideText }
    var largestTotal: Int { totalBytes ?? max(256 << 20, 4 * largestMessage) }

    var gateTotals: GateTotals {
        var totals = GateTotals()
        totals.bytes = largestTotal
        totals.subscriptions = totalSubscriptions
        // Ten subscribers may change theirs at full speed.
        totals.changesPerSecond = 10 * subscriptionChanges
        totals.handshakes = handshakes
        totals.addressHandshakes = addressHandshakes
        return totals
    }

    /// How many answers may wait for publishers. One that does not read them is not read from.
    var answers: GateReaders.Rule {
        GateReaders.Rule(.awaited, bytes: readerBytes, totalBytes: readerBytes)
    }

    func gateRules(
        _ traffic: GateRules.Traffic, _ options: SocketOptions, isAdministrative: Bool = false
    ) -> GateRules {
        var rules = GateRules()
        rules.isAdministrative = isAdministrative
        rules.traffic = traffic
        rules.messageBytes = largestMessage
        rules.frameBytes = options.maxMessageSize.map { Int(clamping: $0) } ?? largestMessage
        rules.peerBytes = peerBytes
        rules.connections = connections
        rules.topicBytes = topicBytes
        rules.subscriptions = subscriptions
        rules.changesPerSecond = subscriptionChanges
        rules.halfOpen = halfOpen
        rules.addressHalfOpen = addressHalfOpen
        rules.idle = idleTimeout
        if let interval = options.handshakeInterval { rules.handshake = interval }
        return rules
    }
}
