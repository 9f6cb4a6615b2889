import Curve

@testable import ZeroMQ

/// An encrypted connection at the gate: what a client sends, right or wrong, and what libzmq answers.
///
///     traffic u8 | admission u8 | seed of the cuts u8 | steps, as `CurveSession` takes them
enum CurveTarget {
    static let target = FuzzTarget("curve", seeds: seeds) {
        let (server, pair) = (CurveKeyPair(), CurveKeyPair())
        return { bytes in _ = try run(bytes, server, pair) }
    }

    /// The connection after all its steps, or after the one that ended it.
    static func run(
        _ bytes: [UInt8], _ server: CurveKeyPair, _ pair: CurveKeyPair
    ) throws -> CurveSession {
        var input = FuzzInput(bytes)
        var rules = GateRules()
        rules.traffic = traffics[input.number(below: traffics.count)]
        (rules.frameBytes, rules.topicBytes, rules.subscriptions) = (2000, 100, 50)
        let admission = admissions[input.number(below: admissions.count)]
        var session = CurveSession(server, pair, rules, admission, cuts: UInt64(input.byte()))
        while !input.isAtEnd, try session.step(&input) {}
        return session
    }

    private static let traffics: [GateRules.Traffic] = [.messages, .subscriptions, .nothing]
    private static let admissions: [CurveSession.Admission] = [
        .topics(nil), .topics(["next/a", "next/ab", "error/"].map { Array($0.utf8) }), .refused,
    ]

    private static func seeds() -> [[UInt8]] {
        let handshake: [UInt8] = [0, 0, 0] + piece(socketType)
        let messages: [UInt8] = [0, 1] + piece("hello") + [0, 0] + piece("")
        let subscriptions =
            [0, 0] + piece([1] + Array("next/".utf8)) + [0, 0] + piece([0] + Array("next/".utf8))
            + [0, 2] + piece([9] + Array("SUBSCRIBEerror/x".utf8)) + [0, 0] + piece([1])
            + [0, 2] + piece([6] + Array("CANCELerror/x".utf8)) + [0, 2]
            + piece([4] + Array("PING".utf8) + [0, 0])
        let libzmq: [UInt8] = [3] + piece(socketType) + [4, 1] + piece("a") + [4, 0] + piece("b")
        let begun: [[UInt8]] = [[0, 0, 1], [1, 0, 2], [1, 1, 3], [2, 0, 4]].map { $0 + handshake }
        return begun.map { $0 + messages } + begun.map { $0 + libzmq + subscriptions }
            + [[0, 2, 5] + handshake, [0, 0, 6] + handshake + [1, 0, 9, 2, 0] + piece("x")]
            + [
                [0, 0, 7, 1, 0, 5, 1], [0, 0, 8, 0, 1, 0, 90, 4], [0, 0, 9, 0, 0, 1, 0, 90, 4, 0],
            ]
            + [[0, 0, 1, 2] + piece("GET / HTTP/1.1\r\n\r\n"), [0, 0, 1, 5] + piece("x")]
    }

    /// `Socket-Type`, and a property that only the gate may set.
    private static let socketType: [UInt8] = {
        let (name, value) = (Array("Socket-Type".utf8), Array("DEALER".utf8))
        return [UInt8(name.count)] + name + [0, 0, 0, UInt8(value.count)] + value
            + [8] + Array("Identity".utf8) + [0, 0, 0, 1, 65]
    }()
}
