import Daemon
import TestSupport
import Testing
import Wire
import ZeroMQ

/// Events that were published, again by the control socket.
@Suite struct BackfillTests {
    private let folder: TemporaryFolder
    private let context: Context

    init() throws {
        folder = try TemporaryFolder()
        context = try Context()
    }

    /// With an output that is told everything.
    private func daemon(keeps: Bool = true) throws -> RunningDaemon {
        var configuration = Configuration.of(
            [.of(.pull, [try Endpoint("ipc://\(folder.path)/in")])],
            [.of(.push, [try Endpoint("ipc://\(folder.path)/all")])])
        configuration.control.bind = [try Endpoint("ipc://\(folder.path)/control")]
        configuration.journal.durability = keeps ? .commit : .off
        configuration.journal.path = "\(folder.path)/journal.sqlite"
        return try RunningDaemon(configuration, model: try TestModel.make())
    }

    private func peer(_ kind: SocketKind, _ endpoint: Endpoint) throws -> Socket {
        let socket = try Socket(kind, in: context, options: .test())
        try socket.connect(endpoint)
        return socket
    }

    private func asker(_ running: RunningDaemon) throws -> Asker {
        Asker(socket: try peer(.dealer, running.daemon.controlEndpoints[0]))
    }

    private func place(_ incarnation: UInt64? = nil, output: Int = 0) throws -> ControlPosition {
        ControlPosition(try StreamID("s"), incarnation: incarnation, output: output)
    }

    /// All that there is of these, page by page.
    private func events(
        _ asker: inout Asker, _ place: ControlPosition, _ ranges: [EventKind: Range<UInt64>],
        limit: Int = 1000
    ) throws -> [Published] {
        var backfill = ControlBackfill(place, ranges: ranges)
        backfill.limit = limit
        var found: [Published] = []
        let deadline = ContinuousClock.now + patience
        while !backfill.ranges.isEmpty {
            try #require(ContinuousClock.now < deadline)
            let (report, frames) = try asker.askWithFrames(
                .backfill(backfill), BackfillReport.self)
            #expect(frames.count == 3 * report.events)
            for index in stride(from: 0, to: frames.count, by: 3) {
                found.append(try Published(frames: Array(frames[index..<index + 3])))
            }
            backfill.ranges = report.rest.mapValues(\.range)
        }
        return found
    }

    private let everything = Dictionary(
        uniqueKeysWithValues: EventKind.allCases.map { ($0, 0..<UInt64.max) })

    @Test func whatWasPublishedCanBeHadAgain() throws {
        let running = try daemon()
        var asker = try asker(running)
        let pusher = try peer(.push, running.daemon.inputEndpoints[0])
        let all = try peer(.pull, running.daemon.outputEndpoints[0])
        for text in ["The first life. ", "The second life. "] {
            for part in 0..<10 { try pusher.send("s", "\(text)\(part)") }
            try pusher.send("s", "", #"{"op":"end"}"#)
        }
        let published = try all.receiveEvents(untilEnded: 2)
        let end = published.firstIndex { $0.body.contains(#""change":"ended""#) }
        let first = try #require(end)
        let lives = [Array(published[...first]), Array(published[(first + 1)...])]
        for (number, life) in lives.enumerated() {
            let place = try place(UInt64(number))
            // What came of the last request may not be committed yet.
            #expect(try events(&asker, place, everything, limit: 37).byTopic == life.byTopic)
            let position = try asker.ask(.position(place), PublishedPosition.self)
            #expect(position.incarnation == UInt64(number) && position.ended != nil)
            #expect(position.first.values.allSatisfy { $0 == 0 })
            for (kind, next) in position.next {
                #expect(Int(next) == life.count { $0.topic == "\(kind.rawValue)/s" }, "\(kind)")
            }
        }
        let part = try events(&asker, place(), [.next: 3..<7, .stream: 0..<1])
        #expect(
            part.byTopic
                == lives[1].filter {
                    ($0.topic == "next/s" && (3..<7).contains($0.sequence))
                        || ($0.topic == "stream/s" && $0.sequence == 0)
                }.byTopic)
        running.stop()
    }

    /// A stream that is in memory, in the middle of its text.
    @Test func aRunningStreamSaysWhereItIs() throws {
        let running = try daemon()
        var asker = try asker(running)
        let pusher = try peer(.push, running.daemon.inputEndpoints[0])
        let all = try peer(.pull, running.daemon.outputEndpoints[0])
        let text = String(repeating: "more to come. ", count: 40)
        try pusher.send("s", text, #"{"more":true}"#)
        var published: [Published] = []
        while published.count(where: { $0.topic == "next/s" }) < text.utf8.count - 1 {
            published.append(try all.receiveEvent())
        }
        let position = try asker.ask(.position(place()), PublishedPosition.self)
        #expect(position.incarnation == 0 && position.ended == nil)
        #expect(Int(position.next[.next] ?? 0) >= text.utf8.count - 1)
        let again = try events(&asker, place(), [.next: 0..<UInt64(text.utf8.count - 1)])
        #expect(again == published.filter { $0.topic == "next/s" })
        running.stop()
    }

    @Test func whatCannotBeHadIsRefused() throws {
        let running = try daemon()
        var asker = try asker(running)
        let pusher = try peer(.push, running.daemon.inputEndpoints[0])
        let all = try peer(.pull, running.daemon.outputEndpoints[0])
        try pusher.send("s", "text")
        try pusher.send("s", "", #"{"op":"end"}"#)
        _ = try all.receiveEvents(untilEnded: 1)
        _ = try events(&asker, place(), everything)
        func code(_ place: ControlPosition, _ ranges: [EventKind: Range<UInt64>]) throws -> String {
            try asker.refusal(.backfill(ControlBackfill(place, ranges: ranges))).code
        }
        #expect(try code(place(), [.next: 5..<6]) == "not_published")
        #expect(try code(place(7), everything) == "no_such_life")
        #expect(try code(place(output: 1), everything) == "no_such_output")
        let other = ControlPosition(try StreamID("other"))
        #expect(try code(other, everything) == "no_such_stream")
        #expect(try asker.refusal(.position(other)).code == "no_such_stream")
        running.stop()
    }

    @Test func withoutAStoreThereIsNothing() throws {
        let running = try daemon(keeps: false)
        var asker = try asker(running)
        #expect(try asker.refusal(.position(place())).code == "durability_off")
        running.stop()
    }
}
