import Foundation
import Journal
import Storage
import TestSupport
import Testing
import Wire
import ZeroMQ

/// `sluice backup` of a daemon that serves, and `sluice restore` on another machine: another folder,
/// other endpoints.
@Suite(.blocking) struct BackupTests {
    private static let lines = (0..<600).map { "Line \($0) of a text, süß.\n" }

    private func publisher(_ daemon: ServedDaemon, _ stream: String) throws -> SluiceProcess {
        try SluiceProcess(
            [
                "pub", "--reliable", "--to", try daemon.endpoint(.router).text, "--stream", stream,
                "--per-line", "--producer", "writer of \(stream)", "--start-seq", "0",
            ])
    }

    /// Every request of every stream, with the state that it led to.
    private func history(_ store: String) throws -> [String] {
        let reader = try JournalReader(path: store)
        return try reader.summaries().flatMap { summary in
            let key = summary.incarnation.key
            let requests = try reader.requests(of: key)
            let outcomes = try reader.outcomes(of: key)
            #expect(outcomes.count == requests.count)
            return zip(requests, outcomes).map { request, outcome in
                "\(summary.incarnation.name.text) \(request.sequence) \(request.producerSequence ?? 0) "
                    + "\(request.text) \(outcome.tokens) \(outcome.stateDigest)"
            }
        }.sorted()
    }

    @Test func whatPublishersRepeatIsNeitherLostNorDoubled() throws {
        let streams = ["a", "b"]
        let first = try ServedDaemon([.router])
        let publishers = try streams.map { try publisher(first, $0) }
        for publisher in publishers {
            try publisher.input.write(contentsOf: Data(Self.lines[..<300].joined().utf8))
        }
        let reader = try JournalReader(path: first.store)
        let deadline = ContinuousClock.now + patience
        while try reader.requestCount() < 100, ContinuousClock.now < deadline { usleep(1000) }
        // More arrives while it is copied.
        let folder = try TemporaryFolder()
        let backup = try SluiceProcess(
            ["backup", "--store", first.store, "-o", folder.path + "/"])
        for publisher in publishers {
            try publisher.input.write(contentsOf: Data(Self.lines[300..<500].joined().utf8))
        }
        let saved = try backup.finish()
        #expect(saved.status == 0, "\(saved.errors)")
        for publisher in publishers { try publisher.finishInput(Self.lines[500...].joined()) }
        for publisher in publishers { #expect(try publisher.finish().status == 0) }
        try first.stop()
        let result = try JSONDecoder().decode(Copied.self, from: Data(saved.output.utf8))
        #expect((100..<1200).contains(result.position))
        #expect(result.streams == 2)
        #expect(result.models.count == 1)

        let machine = try TemporaryFolder()
        let store = machine.path + "/journal.sqlite"
        let restored = try SluiceProcess.run(["restore", result.file, "--store", store])
        #expect(restored.status == 0, "\(restored.errors)")
        let copied = try JSONDecoder().decode(Copied.self, from: Data(restored.output.utf8))
        #expect(copied.position == result.position)
        let again = try SluiceProcess.run(["restore", result.file, "--store", store])
        #expect(again.status == 73)
        #expect(again.errors.contains("there is a store"))

        let second = try ServedDaemon([.router], folder: machine)
        for stream in streams {
            let publisher = try publisher(second, stream)
            try publisher.finishInput(Self.lines.joined())
            let end = try publisher.finish()
            #expect(end.status == 0, "\(end.errors)")
            #expect(end.errors.contains("of 600 numbers"), "\(end.errors)")
        }
        try second.stop()
        #expect(try history(second.store) == history(first.store))
        #expect(try history(first.store).count == 1200)
        let verified = try SluiceProcess.run(
            ["replay", "verify", "--all", "--store", second.store])
        #expect(verified.status == 0, "\(verified.errors)")
    }

    private struct Copied: Decodable {
        let file: String
        let position: Int
        let streams: Int
        let models: [String]
    }

    @Test func wrongArgumentsAndPlacesAreRefused() throws {
        let folder = try TemporaryFolder()
        let none = try SluiceProcess.run(["backup", "--store", folder.path + "/none"])
        #expect(none.status == 66)
        let rate = try SluiceProcess.run(["backup", "--max-rate", "0"])
        #expect(rate.status == 64)
        let text = try folder.write("a text", to: "text")
        let foreign = try SluiceProcess.run(
            ["restore", text, "--store", folder.path + "/new/journal.sqlite"])
        #expect(foreign.status == 65)
        #expect(!FileManager.default.fileExists(atPath: folder.path + "/new"))
    }
}
