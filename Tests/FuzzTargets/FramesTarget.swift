import TestSupport

@testable import ZeroMQ

/// What a peer sends to the gate: however the bytes are cut, the meter finds the same.
///
///     traffic u8 | begins with a handshake u8 | seed of the cuts u8 | bytes
enum FramesTarget {
    static let target = FuzzTarget("frames", seeds: seeds) { check }

    private struct Outcome: Equatable {
        var complete = 0
        var incomplete = 0
        var changes: [ZMTPMeter.Change] = []
        var refusal: GateRefusal?
        var isHandshaking = true
    }

    private static let handshake = ZMTP.greeting(.libzmq43) + ZMTP.ready(socketType: "PUSH")
    private static let traffics: [GateRules.Traffic] = [.messages, .subscriptions, .nothing]

    private static func check(_ bytes: [UInt8]) throws {
        var input = FuzzInput(bytes)
        var rules = GateRules()
        rules.traffic = traffics[input.number(below: traffics.count)]
        (rules.frameBytes, rules.messageBytes, rules.topicBytes) = (2000, 3000, 300)
        let prefix = input.byte() & 1 == 1 ? handshake : []
        var random = SeededRandom(seed: UInt64(input.byte()))
        let stream = prefix + input.all()
        let whole = try outcome([stream], rules)
        try requireEqual(
            try outcome(stream.map { [$0] }, rules), whole, "byte by byte as in one piece")
        try requireEqual(
            try outcome(cuts(of: stream, longest: 40, &random), rules), whole,
            "in pieces as in one piece")
        try require(whole.incomplete <= 64 << 10, "an incomplete message of \(whole.incomplete)")
    }

    private static func outcome(_ pieces: [[UInt8]], _ rules: GateRules) throws -> Outcome {
        var meter = ZMTPMeter(rules)
        var outcome = Outcome()
        do {
            for piece in pieces {
                var taken = 0
                while taken < piece.count {
                    let progress = try meter.take(piece.span.extracting(taken...))
                    try require(
                        (1...piece.count - taken).contains(progress.count), "progress \(progress)")
                    taken += progress.count
                    if let change = progress.change { outcome.changes.append(change) }
                }
            }
            (outcome.complete, outcome.incomplete) = (meter.completeBytes, meter.incompleteBytes)
        } catch let refusal as GateRefusal {
            outcome.refusal = refusal
        }
        outcome.isHandshaking = meter.isHandshaking
        return outcome
    }

    private static func seeds() -> [[UInt8]] {
        let messages =
            ZMTP.frame(Array("hello".utf8)) + ZMTP.frame([], more: true)
            + ZMTP.command([4] + Array("PING".utf8) + [0, 0]) + ZMTP.longHeader(3) + [1, 2, 3]
        let subscriptions =
            ZMTP.frame([1] + Array("next/".utf8)) + ZMTP.frame([1])
            + ZMTP.command([9] + Array("SUBSCRIBEerror/".utf8))
            + ZMTP.command([6] + Array("CANCELerror/".utf8)) + ZMTP.frame([0, 110])
        return [[0, 1, 1] + messages, [1, 1, 2] + subscriptions, [2, 1, 3] + messages]
            + ZMTP.strangers.map { [0, 0, 4] + $0.bytes.prefix(300) }
            + [[0, 0, 5] + handshake + messages]
    }
}
