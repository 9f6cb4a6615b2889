import Foundation
import TestSupport
import Testing
import ZeroMQ

/// What is no ZMTP 3 is refused at every socket of a daemon, and changes nothing there.
@Suite(.blocking) struct StrangerTests {
    private func request(_ json: String, of peers: borrowing Peers, _ daemon: ServedDaemon) throws
        -> String
    {
        let socket = try peers.connect(.dealer, try daemon.endpoint(.control))
        try socket.send(json)
        var message = Multipart(frameLimit: 2)
        try #require(try socket.receive(into: &message), "no answer")
        return String(decoding: message.copyFrame(0), as: UTF8.self)
    }

    @Test func noSocketHearsThem() throws {
        let sockets = ServedDaemon.Socket.allCases.filter { $0 != .http }
        let daemon = try ServedDaemon(
            sockets, keys: "engine.idle_flush = \"never\"")
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        try pusher.send("victim", "Text that matters.")
        _ = try puller.receiveEvents { $0.isMessageEnd }
        for socket in sockets {
            for stranger in ZMTP.strangers {
                let peer = try RawPeer(daemon.endpoint(socket).text)
                peer.send(stranger.bytes)
                let received = try #require(
                    peer.receiveUntilClosed(), "\(stranger.name) to \(socket)")
                #expect(received.count <= 64, "\(stranger.name) to \(socket)")
            }
        }
        let list = try request(#"{"op":"list","ended":true}"#, of: peers, daemon)
        #expect(list.contains(#""stream":"victim""#))
        #expect(list.contains(#""residence":"resident""#))
        #expect(list.components(separatedBy: #""residence""#).count == 2, "\(list)")
        try pusher.send("victim", "", #"{"op":"end"}"#)
        let events = try puller.receiveEvents { $0.isEnd }
        #expect(events.allSatisfy { $0.topic.hasSuffix("/victim") })
        let status = try request(#"{"op":"status"}"#, of: peers, daemon)
        #expect(status.contains(#""closed.protocol":"#))
        let result = try daemon.stop()
        let line = try #require(
            result.errors.split(separator: "\n").first { $0.contains("connection closed:") })
        #expect(line.contains("code=protocol") && line.contains("peer=process"), "\(line)")
        #expect(line.contains("endpoint=ipc://"), "\(line)")
        let stopped = try result.logged("stopped")
        #expect(stopped["requests"] == "2")
        #expect(stopped.keys.filter { $0.hasPrefix("refused.") } == [])
        let (all, other) = (ZMTP.strangers.count, 1)
        #expect(stopped["closed.protocol"] == "\((all - other) * sockets.count)")
        #expect(stopped["closed.mechanism"] == "\(other * sockets.count)")
    }
}
