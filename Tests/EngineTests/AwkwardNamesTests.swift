import Engine
import Foundation
import Journal
import Model
import Names
import Storage
import TestSupport
import Testing
import Wire

/// What the wire accepts for a name survives the store: names that are hard to keep, and names that
/// only their bytes tell apart.
@Suite struct AwkwardNamesTests {
    /// Scalars at the edges of what can be encoded, of what is not a character, and spellings that
    /// Unicode calls equivalent.
    private static let hard = [
        "\u{10FFFF}", "a\u{10FFFF}b", "\u{FFFD}", "\u{FFFE}", "\u{FEFF}", "\u{D7FF}\u{E000}",
        "\u{10000}", "\u{2028}", "caf\u{E9}", "cafe\u{301}", "\u{212A}", "K", "\u{1100}\u{1161}",
        "\u{AC00}", "\u{AC}", "e", "e\u{301}", "'", "\"", "%", "_", "\\", " ", "  ", "\u{A0}",
    ]

    private func request(_ stream: String, _ producer: String, _ number: UInt64) throws -> Request {
        Request(
            stream: try StreamID(stream), text: Array("a ".utf8), producer: Name(producer),
            producerSequence: number, replyTo: .caller)
    }

    private func answers(_ daemon: SimulatedDaemon, since first: Int) -> [Acknowledgement.Result] {
        daemon.acknowledgements[first...].map(\.result)
    }

    @Test func everyNameIsItsOwnBeforeAndAfterARestart() throws {
        let folder = try TemporaryPath()
        let daemon = try SimulatedDaemon(TestModel.make(), path: folder.path + "/store.sqlite")
        func send(_ number: UInt64) throws -> [Acknowledgement.Result] {
            let first = daemon.acknowledgements.count
            for name in Self.hard {
                daemon.accept(.request(try request(name, name, number)))
                daemon.accept(.request(try request("shared", name, number)))
            }
            daemon.run()
            try daemon.commit()
            return answers(daemon, since: first)
        }
        let count = 2 * Self.hard.count
        #expect(try send(1) == Array(repeating: .accepted, count: count))
        #expect(try send(1) == Array(repeating: .duplicate, count: count))
        let restarts: [() throws -> Void] = [
            { try daemon.crash() },
            {
                try daemon.stop()
                try daemon.start()
            },
        ]
        for restart in restarts {
            try restart()
            #expect(daemon.failure == nil)
            #expect(try send(1) == Array(repeating: .duplicate, count: count))
        }
        #expect(try send(2) == Array(repeating: .accepted, count: count))
        for name in Self.hard {
            #expect(try daemon.snapshot(of: name)?.state.offset == 4, "\(name.debugDescription)")
        }
        try check(folder.path + "/store.sqlite")
        try daemon.stop()
    }

    /// Lists, by the store alone and together with what is in memory.
    private func check(_ path: String) throws {
        let reader = try JournalReader(path: path)
        try reader.check()
        let names = (Self.hard + ["shared"]).map { Name($0) }
        #expect(try reader.summaries().map { Name($0.incarnation.name.text) } == names.sorted())
        var list = ControlList()
        list.limit = 3
        var found: [Name] = []
        repeat {
            let page = StreamListing(
                list, residents: [], stored: try reader.listedStreams(list))
            found += page.streams.map { Name($0.stream) }
            list.after = page.next
        } while list.after != nil
        #expect(found == names.sorted())
        let composed = try reader.summaries(SummarySelection(prefix: "caf\u{E9}")).map(
            \.incarnation.name.text)
        #expect(composed.map { Name($0) } == ["caf\u{E9}"])
    }
}
