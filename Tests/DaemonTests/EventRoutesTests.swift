import Daemon
import Foundation
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Events that were published, again over HTTP.
@Suite struct EventRoutesTests {
    private let folder: TemporaryFolder
    private let context: Context
    private static let token = "a-token-for-this-test"

    init() throws {
        folder = try TemporaryFolder()
        context = try Context()
    }

    private func daemon(hasToken: Bool = true) throws -> RunningDaemon {
        var configuration = Configuration.of(
            [.of(.pull, [try Endpoint("ipc://\(folder.path)/in")])],
            [.of(.push, [try Endpoint("ipc://\(folder.path)/all")])])
        configuration.http.bind = [try Endpoint("tcp://127.0.0.1:*")]
        configuration.journal.durability = .commit
        configuration.journal.path = "\(folder.path)/journal.sqlite"
        if hasToken {
            let path = "\(folder.path)/token"
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: Data(Self.token.utf8),
                    attributes: [.posixPermissions: 0o600]))
            configuration.http.tokenFile = path
        }
        return try RunningDaemon(configuration, model: try TestModel.make())
    }

    private struct Answer {
        let status: String
        let headers: [String]
        let body: String

        func header(_ name: String) -> String? {
            headers.first { $0.hasPrefix(name + ": ") }.map { String($0.dropFirst(name.count + 2)) }
        }
    }

    private func get(
        _ target: String, _ running: RunningDaemon, token: String? = EventRoutesTests.token
    ) throws -> Answer {
        let peer = try RawPeer(running.daemon.httpEndpoints[0].text)
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        let request =
            "GET \(target) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\(authorization)\r\n"
        #expect(peer.send(Array(request.utf8)))
        var bytes: [UInt8] = []
        while true {
            let more = peer.receive(65_536)
            if more.isEmpty { break }
            bytes += more
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let end = try #require(text.range(of: "\r\n\r\n"), "\(text)")
        let head = text[..<end.lowerBound].components(separatedBy: "\r\n")
        return Answer(
            status: String(head[0].dropFirst(9).prefix(3)), headers: Array(head.dropFirst()),
            body: String(text[end.upperBound...]))
    }

    /// A stream whose name is not its path, with all its events.
    private func published(_ running: RunningDaemon) throws -> [Published] {
        let pusher = try Socket(.push, in: context, options: .test())
        try pusher.connect(running.daemon.inputEndpoints[0])
        let all = try Socket(.pull, in: context, options: .test())
        try all.connect(running.daemon.outputEndpoints[0])
        for part in 0..<5 { try pusher.send("a/ü", "some text \(part)") }
        try pusher.send("a/ü", "", #"{"op":"end"}"#)
        return try all.receiveEvents(untilEnded: 1)
    }

    @Test func pagesFollowOneAnother() throws {
        let running = try daemon()
        let published = try published(running)
        let path = "/streams/a%2F%C3%BC"
        var target: String? = "\(path)/events?limit=30&sentiment=0-&next=3-"
        var lines: [String] = []
        let deadline = ContinuousClock.now + patience
        while let next = target {
            try #require(ContinuousClock.now < deadline)
            let answer = try get(next, running)
            try #require(answer.status == "200", "\(answer)")
            #expect(answer.header("Content-Type") == "application/x-ndjson")
            let page = answer.body.split(separator: "\n").map(String.init)
            #expect(page.count <= 30)
            lines += page
            target = answer.header("Link").map { link in
                #expect(link.hasPrefix("<") && link.hasSuffix(">; rel=\"next\""))
                return String(link.dropFirst().prefix { $0 != ">" })
            }
        }
        let expected = published.filter {
            $0.topic == "sentiment/a/ü" || ($0.topic == "next/a/ü" && $0.sequence >= 3)
        }
        #expect(expected.count > 60)
        #expect(
            Set(lines)
                == Set(
                    expected.map {
                        #"{"topic":"\#($0.topic)","sequence":\#($0.sequence),"body":\#($0.body),"backfill":true}"#
                    }))
        #expect(lines.count == expected.count)
        let position = try get("\(path)/position", running)
        #expect(position.status == "200")
        let found = try JSONDecoder().decode(
            PublishedPosition.self, from: Data(position.body.utf8))
        #expect(found.stream == "a/ü" && found.incarnation == 0)
        #expect(Int(found.next[.next] ?? 0) == published.count { $0.topic == "next/a/ü" })
        running.stop()
    }

    @Test func whatCannotBeAnsweredSaysWhy() throws {
        let running = try daemon()
        _ = try published(running)
        let stream = "/streams/a%2F%C3%BC"
        let deadline = ContinuousClock.now + patience
        // What came of the end may not be in the store yet.
        while try get("\(stream)/events?stream=0-", running).header("Sluice-Pending") != nil {
            try #require(ContinuousClock.now < deadline)
        }
        for (target, status, words) in [
            ("\(stream)/events?next=900-", "416", "not_published"),
            ("\(stream)/events?life=4", "404", "no_such_life"),
            ("\(stream)/position?output=9", "404", "no_such_output"),
            ("/streams/other/position", "404", "no_such_stream"),
            ("\(stream)/events?next=5", "400", "FROM-TO"),
            ("\(stream)/events?next=5-2", "400", "FROM-TO"),
            ("\(stream)/events?next=0-&next=1-", "400", "twice"),
            ("\(stream)/events?limit=0", "400", "1 to 1000"),
            ("\(stream)/events?nxt=0-", "400", "unknown key 'nxt'"),
            ("\(stream)/position?limit=1", "400", "unknown key 'limit'"),
            ("\(stream)/events?next", "400", "KEY=VALUE"),
            ("/streams/a%2/position", "400", "percent-encoded"),
            ("/streams/%01/position", "400", "control character"),
            ("/streams//position", "404", "/streams/{name}/position"),
        ] {
            let answer = try get(target, running)
            #expect(answer.status == status, "\(target)")
            #expect(answer.body.contains(words), "\(target): \(answer.body)")
        }
        #expect(try get("\(stream)/position", running, token: "wrong").status == "401")
        running.stop()
    }

    /// Every user of the machine could read them.
    @Test func nothingIsGivenWithoutAToken() throws {
        let running = try daemon(hasToken: false)
        for path in ["position", "events"] {
            let answer = try get("/streams/s/\(path)", running, token: nil)
            #expect(answer.status == "403")
            #expect(answer.body.contains("http.token_file"))
        }
        #expect(try get("/healthz", running, token: nil).status == "200")
        running.stop()
    }
}
