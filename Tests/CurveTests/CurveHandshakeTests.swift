import TestSupport
import Testing

@testable import Curve

/// A client written out by hand, so that each part of what it sends can be wrong.
private struct HandmadeClient {
    let pair = CurveKeyPair()
    let connection = CurveKeyPair()
    let server: CurvePublicKey
    var sent: UInt64 = 0

    private func number(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * UInt64($0))) }
    }

    private func seal(
        _ content: [UInt8], _ prefix: String, _ number: [UInt8], _ secret: CurveSecretKey,
        _ key: CurvePublicKey
    ) throws -> [UInt8] {
        try #require(CurveBox(secret, key)).seal(content, nonce: Array(prefix.utf8) + number)
    }

    mutating func hello() throws -> [UInt8] {
        sent += 1
        let number = number(sent)
        return [5] + Array("HELLO".utf8) + [1, 0] + [UInt8](repeating: 0, count: 72)
            + connection.publicKey.bytes + number
            + (try seal(
                [UInt8](repeating: 0, count: 64), "CurveZMQHELLO---", number, connection.secretKey,
                server))
    }

    /// The server's key of this connection, and the cookie.
    func open(_ welcome: [UInt8]) throws -> (key: CurvePublicKey, cookie: [UInt8]) {
        let box = try #require(CurveBox(connection.secretKey, server))
        let content = try #require(
            box.open(welcome[24...], nonce: Array("WELCOME-".utf8) + welcome[8..<24]))
        return (try #require(CurvePublicKey(bytes: Array(content[..<32]))), Array(content[32...]))
    }

    /// - Parameter named: whose key it claims to have.
    mutating func initiate(
        _ welcome: [UInt8], named: CurvePublicKey? = nil, metadata: [UInt8] = [1, 2, 3]
    ) throws -> [UInt8] {
        let (key, cookie) = try open(welcome)
        sent += 1
        let random = CurveBox.randomBytes(16)
        let vouch = try seal(
            connection.publicKey.bytes + server.bytes, "VOUCH---", random, pair.secretKey, key)
        let number = number(sent)
        return [8] + Array("INITIATE".utf8) + cookie + number
            + (try seal(
                (named ?? pair.publicKey).bytes + random + vouch + metadata, "CurveZMQINITIATE",
                number, connection.secretKey, key))
    }

    mutating func message(_ content: [UInt8], _ welcome: [UInt8]) throws -> [UInt8] {
        sent += 1
        let number = number(sent)
        return [7] + Array("MESSAGE".utf8) + number
            + (try seal(
                [0] + content, "CurveZMQMESSAGEC", number, connection.secretKey,
                try open(welcome).key))
    }
}

@Suite struct CurveHandshakeTests {
    private let server = CurveKeyPair()

    @Test func aClientProvesItsKey() throws {
        var handshake = CurveHandshake(server)
        var client = HandmadeClient(server: server.publicKey)
        let welcome = try handshake.welcome(try client.hello())
        #expect(welcome.count == 168)
        var (proved, cipher) = try handshake.client(try client.initiate(welcome))
        #expect(proved.publicKey == client.pair.publicKey)
        #expect(proved.metadata == [1, 2, 3])
        let message = try client.message([9], welcome)
        #expect(try cipher.open(message) == [0, 9])
        // The same again is a replay.
        #expect(throws: CurveHandshake.Failure.self) { _ = try cipher.open(message) }
        #expect(try cipher.open(try client.message([8], welcome)) == [0, 8])
        #expect(cipher.seal([5], flags: 0) != cipher.seal([5], flags: 0), "no nonce twice")
    }

    /// No changed byte goes unnoticed, wherever it is.
    @Test func eachChangedByteIsNoticed() throws {
        var client = HandmadeClient(server: server.publicKey)
        let hello = try client.hello()
        // The padding is not looked at.
        for place in hello.indices where !(8..<80).contains(place) {
            var handshake = CurveHandshake(server)
            #expect(throws: CurveHandshake.Failure.self, "HELLO \(place)") {
                _ = try handshake.welcome(hello.changed(at: place))
            }
        }
        var handshake = CurveHandshake(server)
        let welcome = try handshake.welcome(hello)
        let initiate = try client.initiate(welcome)
        for place in initiate.indices {
            var copy = handshake
            #expect(throws: CurveHandshake.Failure.self, "INITIATE \(place)") {
                _ = try copy.client(initiate.changed(at: place))
            }
        }
        var (_, cipher) = try handshake.client(initiate)
        let message = try client.message([1, 2], welcome)
        for place in message.indices {
            #expect(throws: CurveHandshake.Failure.self, "MESSAGE \(place)") {
                _ = try cipher.open(message.changed(at: place))
            }
        }
        #expect(try cipher.open(message) == [0, 1, 2])
    }

    @Test func commandsOfAnyLengthAreRefused() throws {
        var random = SeededRandom(seed: 3)
        for count in [0, 1, 6, 7, 199, 200, 201, 256, 257, 300] {
            var handshake = CurveHandshake(server)
            #expect(throws: CurveHandshake.Failure.self) {
                _ = try handshake.welcome(random.bytes(count))
            }
            #expect(throws: CurveHandshake.Failure.self) {
                _ = try handshake.client(random.bytes(count))
            }
        }
    }

    /// Who knows a public key alone cannot use it.
    @Test func aKeyWithoutItsSecretIsRefused() throws {
        var handshake = CurveHandshake(server)
        var thief = HandmadeClient(server: server.publicKey)
        let welcome = try handshake.welcome(try thief.hello())
        let victim = CurveKeyPair().publicKey
        let initiate = try thief.initiate(welcome, named: victim)
        #expect(throws: CurveHandshake.Failure.self) { _ = try handshake.client(initiate) }
    }

    /// What was recorded of one connection opens nothing in another.
    @Test func anotherConnectionsInitiateIsRefused() throws {
        var (first, second) = (CurveHandshake(server), CurveHandshake(server))
        var client = HandmadeClient(server: server.publicKey)
        let hello = try client.hello()
        let welcome = try first.welcome(hello)
        _ = try second.welcome(hello)
        let initiate = try client.initiate(welcome)
        #expect(throws: CurveHandshake.Failure.self) { _ = try second.client(initiate) }
        #expect(try first.client(initiate).client.publicKey == client.pair.publicKey)
    }
}

extension [UInt8] {
    fileprivate func changed(at place: Int) -> [UInt8] {
        var copy = self
        copy[place] ^= 1
        return copy
    }
}
