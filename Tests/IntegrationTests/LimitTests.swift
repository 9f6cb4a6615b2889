import Foundation
import TestSupport
import Testing
import ZeroMQ

/// No peer takes more than its share of memory or time, and none that keeps within it loses anything.
@Suite(.blocking) struct LimitTests {
    /// A peer of the raw wire, through the handshake.
    private func raw(
        _ type: String, _ daemon: ServedDaemon, _ socket: ServedDaemon.Socket
    ) throws -> RawPeer {
        let peer = try RawPeer(daemon.endpoint(socket).text)
        peer.send(ZMTP.greeting(.libzmq43) + ZMTP.ready(socketType: type))
        let greeting = peer.receive(66)
        try #require(greeting.count == 66, "the connection was closed in the handshake")
        _ = peer.receive(Int(greeting[65]))
        return peer
    }

    @Test func whoGoesBeyondIsClosedAndCounted() throws {
        let daemon = try ServedDaemon(
            [.in, .router, .out, .all],
            keys: """
                limits.max_text_bytes = 10000
                limits.message_bytes = 100000
                limits.topic_bytes = 100
                limits.subscriptions = 50
                """)
        let endless = Array(repeating: ZMTP.frame([], more: true), count: 1000).flatMap { $0 }
        for socket in [ServedDaemon.Socket.in, .router] {
            let peer = try raw(socket == .in ? "PUSH" : "DEALER", daemon, socket)
            while peer.send(endless) {}
        }
        let topic = try raw("SUB", daemon, .out)
        topic.send(ZMTP.longHeader(60 << 20))
        #expect(topic.receiveUntilClosed() == [])
        let many = try raw("SUB", daemon, .out)
        many.send((0..<51).flatMap { ZMTP.frame([1] + bytes("next/\($0)")) })
        #expect(many.receiveUntilClosed() == [])
        let talking = try raw("PULL", daemon, .all)
        talking.send(ZMTP.frame(bytes("text")))
        #expect(talking.receiveUntilClosed() == [])
        let stopped = try daemon.stop().logged("stopped")
        #expect(stopped["closed.message_bytes"] == "2")
        #expect(stopped["closed.topic_bytes"] == "1")
        #expect(stopped["closed.subscriptions"] == "1")
        #expect(stopped["closed.malformed"] == "1")
    }

    /// More than there is room for, in pieces, with pauses that the daemon's queues make.
    @Test func whoSendsLargeMessagesWaitsAndLosesNothing() throws {
        let daemon = try ServedDaemon(
            keys: """
                limits.max_text_bytes = 10000
                limits.peer_bytes = 2000
                engine.queue_bytes = 1024
                """)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        let text = String(repeating: "a", count: 500)
        for index in 0..<20 { try pusher.send("s\(index % 5)", text, #"{"more":true}"#) }
        for index in 0..<5 { try pusher.send("s\(index)", "", #"{"op":"end"}"#) }
        var ended = 0
        let events = try puller.receiveEvents { event in
            if event.isEnd { ended += 1 }
            return ended == 5
        }
        for index in 0..<5 {
            let next = events.filter { $0.topic == "next/s\(index)" }
            #expect(next.map(\.sequence) == (0..<2000).map { UInt64($0) })
        }
        let stopped = try daemon.stop().logged("stopped")
        #expect(stopped.keys.filter { $0.hasPrefix("closed.") } == [])
    }

    /// Two connections change what they subscribe to as fast as they can.
    @Test func whoChangesSubscriptionsEndlesslyStarvesNobody() throws {
        let daemon = try ServedDaemon(
            [.in, .out],
            keys: """
                limits.subscriptions = 100
                limits.subscription_changes = 100
                shutdown.timeout = "1s"
                """)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let reader = try peers.connect(.sub, try daemon.endpoint(.out))
        try reader.subscribe("")
        let changes = (0..<10_000).flatMap { _ in
            ZMTP.frame([1] + bytes("next/x")) + ZMTP.frame([0] + bytes("next/x"))
        }
        let flooders = try (0..<2).map { _ in try raw("SUB", daemon, .out) }
        let threads = flooders.map { flooder in
            let thread = Thread { while flooder.send(changes) {} }
            thread.start()
            return thread
        }
        // Its subscription has arrived once it hears of a stream.
        repeat { try pusher.send("first", "a") } while try !reader.hasEvent(.milliseconds(50))
        for _ in 0..<10 { try pusher.send("s", String(repeating: "a", count: 200)) }
        try pusher.send("s", "", #"{"op":"end"}"#)
        let events = try reader.receiveEvents { $0.topic == "stream/s" && $0.isEnd }
        let next = events.filter { $0.topic == "next/s" }
        #expect(next.map(\.sequence) == (0..<2000).map { UInt64($0) })
        let stopped = try daemon.stop().logged("stopped")
        #expect(stopped["lost_at_least"] == "0")
        withExtendedLifetime((flooders, threads)) {}
    }
}
