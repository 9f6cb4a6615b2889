import Glibc
import TestSupport
import Testing

@testable import ZeroMQ

/// Only who speaks ZMTP 3 is heard, by any kind of socket, whichever side connects.
@Suite(.timeLimit(.minutes(1))) struct StrangerTests {
    /// Of a socket of ours that hears, and the type of peer that it hears.
    struct Pair: Sendable {
        let kind: SocketKind
        let peer: String
        let message: [UInt8]

        static let all = [
            Pair(kind: .pull, peer: "PUSH", message: bytes("hello")),
            Pair(kind: .sub, peer: "PUB", message: bytes("hello")),
            Pair(kind: .router, peer: "DEALER", message: bytes("hello")),
            Pair(kind: .dealer, peer: "ROUTER", message: bytes("hello")),
            Pair(kind: .xpub, peer: "SUB", message: [1]),
        ]
    }

    private func open(_ kind: SocketKind, in context: Context) throws -> Socket {
        let socket = try Socket(kind, in: context, options: .test())
        if kind == .sub { try socket.subscribe("") }
        return socket
    }

    @Test(arguments: Pair.all) func aBoundSocketHearsNoStranger(_ pair: Pair) throws {
        let context = try Context()
        let socket = try open(pair.kind, in: context)
        let endpoint = try socket.bind(loopback())
        for stranger in ZMTP.strangers {
            let peer = try RawPeer(endpoint.text)
            peer.send(stranger.bytes)
            let received = try #require(peer.receiveUntilClosed(), "\(stranger.name)")
            // The greeting at most: no event, no acknowledgement.
            #expect(received.count <= 64, "\(stranger.name)")
        }
        var message = Multipart(frameLimit: 4)
        #expect(try !socket.receive(into: &message, wait: .never))
    }

    @Test(arguments: Pair.all, ZMTP.Client.allCases)
    func clientsInUseAreHeard(_ pair: Pair, _ client: ZMTP.Client) throws {
        let context = try Context()
        let socket = try open(pair.kind, in: context)
        let endpoint = try socket.bind(loopback())
        let peer = try RawPeer(endpoint.text)
        peer.send(ZMTP.greeting(client) + ZMTP.ready(socketType: pair.peer))
        // Messages go only to who has said READY, after its greeting.
        #expect(peer.receive(72).suffix(6) == [5] + bytes("READY"))
        peer.send(ZMTP.frame(pair.message))
        #expect(try socket.receiveFrames().last == pair.message)
        // Closed before it has read our greeting, it would reset the connection.
        withExtendedLifetime(peer) {}
    }

    /// Nor is one heard whom we have called.
    @Test(arguments: Pair.all) func aConnectedSocketHearsNoStranger(_ pair: Pair) throws {
        for stranger in ZMTP.strangers {
            let server = try RawServer()
            let context = try Context()
            let socket = try open(pair.kind, in: context)
            try socket.connect(Endpoint(server.endpoint))
            let peer = try server.accept()
            peer.send(stranger.bytes)
            _ = try #require(peer.receiveUntilClosed(), "\(stranger.name)")
            var message = Multipart(frameLimit: 4)
            #expect(try !socket.receive(into: &message, wait: .never), "\(stranger.name)")
        }
    }

    /// What is sent goes to nobody of whom no handshake came.
    @Test func aPusherSendsNothingToAStranger() throws {
        let context = try Context()
        let socket = try open(.push, in: context)
        let endpoint = try socket.bind(loopback())
        let stranger = try RawPeer(endpoint.text)
        stranger.send(ZMTP.version1(bytes("hello")))
        #expect(try #require(stranger.receiveUntilClosed()).count <= 64)
        let reader = try open(.pull, in: context)
        try reader.connect(endpoint)
        #expect(try socket.send(bytes("event").span) == .sent)
        #expect(try reader.receiveFrames() == [bytes("event")])
    }
}
