import CurveSupport
import TestSupport
import Testing

@testable import Curve

@Suite struct CurveHandshakeTests {
    private let server = CurveKeyPair()

    @Test func aClientProvesItsKey() throws {
        var handshake = CurveHandshake(server)
        var client = CurveClient(server: server.publicKey)
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
        var client = CurveClient(server: server.publicKey)
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
        var thief = CurveClient(server: server.publicKey)
        let welcome = try handshake.welcome(try thief.hello())
        let victim = CurveKeyPair().publicKey
        let initiate = try thief.initiate(welcome, named: victim)
        #expect(throws: CurveHandshake.Failure.self) { _ = try handshake.client(initiate) }
    }

    /// What was recorded of one connection opens nothing in another.
    @Test func anotherConnectionsInitiateIsRefused() throws {
        var (first, second) = (CurveHandshake(server), CurveHandshake(server))
        var client = CurveClient(server: server.publicKey)
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
