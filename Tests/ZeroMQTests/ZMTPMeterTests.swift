import TestSupport
import Testing

@testable import ZeroMQ

/// However the bytes are cut, the meter finds the same.
@Suite struct ZMTPMeterTests {
    /// What came of a stream of bytes.
    private struct Outcome: Equatable {
        var completeBytes = 0
        var incompleteBytes = 0
        var changes: [ZMTPMeter.Change] = []
        var refusal: GateRefusal?
        /// Bytes taken before the refusal, for whole pieces of one byte.
        var isHandshaking = true
    }

    private static func rules(_ traffic: GateRules.Traffic) -> GateRules {
        var rules = GateRules()
        rules.traffic = traffic
        rules.frameBytes = 2000
        rules.messageBytes = 3000
        rules.topicBytes = 300
        return rules
    }

    private func outcome(of pieces: [ArraySlice<UInt8>], _ rules: GateRules) -> Outcome {
        var meter = ZMTPMeter(rules)
        var outcome = Outcome()
        do throws(GateRefusal) {
            for piece in pieces {
                let bytes = Array(piece)
                var taken = 0
                while taken < bytes.count {
                    let progress = try meter.take(bytes.span.extracting(taken...))
                    taken += progress.count
                    if let change = progress.change { outcome.changes.append(change) }
                }
            }
            outcome.completeBytes = meter.completeBytes
            outcome.incompleteBytes = meter.incompleteBytes
        } catch {
            outcome.refusal = error
        }
        outcome.isHandshaking = meter.isHandshaking
        return outcome
    }

    private func cut(_ bytes: [UInt8], at places: [Int]) -> [ArraySlice<UInt8>] {
        let ends = places.sorted() + [bytes.count]
        return zip([0] + places.sorted(), ends).map { bytes[$0..<$1] }
    }

    private static let handshake =
        ZMTP.greeting(.libzmq43) + ZMTP.ready(socketType: "PUSH", identity: "me")

    private static let messages: [UInt8] =
        handshake + ZMTP.frame(bytes("hello")) + ZMTP.frame([], more: true)
        + ZMTP.command([4] + bytes("PING") + [0, 0]) + ZMTP.frame(Array(repeating: 7, count: 300))
        + ZMTP.longHeader(3) + bytes("abc") + ZMTP.frame(bytes("unfinished"), more: true)

    private static let subscriptions: [UInt8] =
        handshake + ZMTP.frame([1] + bytes("next/")) + ZMTP.frame([1])
        + ZMTP.command([9] + bytes("SUBSCRIBE") + bytes("error/"))
        + ZMTP.command([6] + bytes("CANCEL") + bytes("error/")) + ZMTP.frame([0] + bytes("next/"))
        + ZMTP.frame([1] + Array(repeating: 97, count: 300)) + ZMTP.frame(bytes("other"))

    @Test func messagesAreCountedHoweverTheyAreCut() {
        let rules = Self.rules(.messages)
        let whole = outcome(of: [Self.messages[...]], rules)
        #expect(whole.refusal == nil && !whole.isHandshaking)
        #expect(whole.completeBytes == 5 + 0 + 300 + 3 + 4 * GateRules.frameCost)
        #expect(whole.incompleteBytes == 10 + GateRules.frameCost)
        for place in Self.messages.indices {
            #expect(outcome(of: cut(Self.messages, at: [place]), rules) == whole, "at \(place)")
        }
        let single = Self.messages.indices.map { Self.messages[$0...$0] }
        #expect(outcome(of: single, rules) == whole)
    }

    @Test func subscriptionsAreFoundHoweverTheyAreCut() {
        let rules = Self.rules(.subscriptions)
        let whole = outcome(of: [Self.subscriptions[...]], rules)
        #expect(whole.refusal == nil)
        let long = [UInt8](repeating: 97, count: 300)
        let expected: [(Bool, [UInt8])] = [
            (true, bytes("next/")), (true, []), (true, bytes("error/")), (false, bytes("error/")),
            (false, bytes("next/")), (true, long),
        ]
        #expect(
            whole.changes == expected.map { ZMTPMeter.Change(isSubscribe: $0.0, topic: $0.1) })
        for place in Self.subscriptions.indices {
            #expect(
                outcome(of: cut(Self.subscriptions, at: [place]), rules) == whole, "at \(place)")
        }
    }

    /// A stream of bytes, and why it is refused.
    struct Refused: Sendable {
        let name: String
        let bytes: [UInt8]
        let code: GateRefusal.Code
        var traffic = GateRules.Traffic.messages
    }

    static let refused: [Refused] =
        ZMTP.strangers.map {
            Refused(
                name: $0.name, bytes: $0.bytes,
                code: $0.name.contains("PLAIN") ? .mechanism : .version)
        } + [
            Refused(
                name: "a message before READY",
                bytes: ZMTP.greeting(.libzmq43) + ZMTP.frame(bytes("x")), code: .handshake),
            Refused(
                name: "a long command before READY",
                bytes: ZMTP.greeting(.libzmq43) + [6] + ZMTP.longHeader(1 << 20).dropFirst(),
                code: .handshake),
            Refused(name: "flags", bytes: handshake + [8, 0], code: .malformed),
            Refused(name: "a command that goes on", bytes: handshake + [5, 0], code: .malformed),
            Refused(
                name: "a negative size", bytes: handshake + [2] + Array(repeating: 0xFF, count: 8),
                code: .malformed),
            Refused(
                name: "a frame", bytes: handshake + ZMTP.longHeader(2001), code: .frameBytes),
            Refused(
                name: "frames",
                bytes: handshake + (0..<50).flatMap { _ in ZMTP.frame([], more: true) },
                code: .messageBytes),
            Refused(
                name: "a subscription of an input",
                bytes: handshake + ZMTP.command([9] + bytes("SUBSCRIBE")), code: .malformed),
            Refused(
                name: "a topic", bytes: handshake + ZMTP.longHeader(302), code: .topicBytes,
                traffic: .subscriptions),
            Refused(
                name: "a topic in a command",
                bytes: handshake + [6] + ZMTP.longHeader(311).dropFirst() + [9]
                    + ZeroMQTests.bytes("SUBSCRIBE") + Array(repeating: 97, count: 301),
                code: .topicBytes, traffic: .subscriptions),
            Refused(
                name: "a message to an output", bytes: handshake + ZMTP.frame(bytes("x")),
                code: .malformed, traffic: .nothing),
        ]

    @Test(arguments: refused) func whatIsRefusedIsSoHoweverItIsCut(_ refused: Refused) {
        let rules = Self.rules(refused.traffic)
        let whole = outcome(of: [refused.bytes[...]], rules)
        #expect(whole.refusal?.code == refused.code, "\(String(describing: whole.refusal))")
        for place in refused.bytes.indices {
            let result = outcome(of: cut(refused.bytes, at: [place]), rules)
            #expect(result.refusal == whole.refusal, "at \(place)")
        }
    }

    /// No bytes trap, whatever they are.
    @Test func anyBytesAreTakenOrRefused() {
        var random = SeededRandom(seed: 5)
        for traffic in [GateRules.Traffic.messages, .subscriptions, .nothing] {
            for _ in 0..<300 {
                let noise = random.bytes(200)
                _ = outcome(of: [(Self.handshake + noise)[...]], Self.rules(traffic))
                var mutant = Self.messages
                mutant[Int.random(in: 0..<mutant.count, using: &random)] = noise[0]
                _ = outcome(of: [mutant[...]], Self.rules(traffic))
            }
        }
    }
}
