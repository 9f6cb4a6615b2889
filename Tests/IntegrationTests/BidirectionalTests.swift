import Foundation
import TestSupport
import Testing
import ZeroMQ

/// A model that reads whole messages, from the network to the store and back.
@Suite(.blocking) struct BidirectionalTests {
    private static let model = Repository.fixture("both-residual").path
    private static let texts = ["What a film.", "I want my money back!"]

    /// Scores of the texts by `sluice score`.
    private func scores() throws -> [Double?] {
        let result = try SluiceProcess.run(
            ["score", "--model", Self.model, "--per-line", "--stream", "s"],
            input: Self.texts.joined(separator: "\n"))
        #expect(result.status == 0, "\(result.errors)")
        let lines = try result.lines.map { try json($0) }
        #expect(
            lines.compactMap { $0["topic"] as? String }
                == ["stream/s", "sentiment/s", "sentiment/s", "stream/s"])
        #expect(lines.compactMap { $0["sequence"] as? Int } == [0, 0, 1, 1])
        return lines[1...2].map { ($0["body"] as? [String: Any])?["score"] as? Double }
    }

    @Test func aDaemonAndItsStoreSayTheSame() throws {
        let daemon = try ServedDaemon(model: Self.model)
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        for text in Self.texts {
            try pusher.send("s", String(text.prefix(5)), #"{"more":true}"#)
            try pusher.send("s", String(text.dropFirst(5)))
        }
        try pusher.send("s", "", #"{"op":"end"}"#)
        let events = try puller.receiveEvents { $0.isEnd }
        try daemon.stop()
        let sentiments = try events.filter { $0.topic == "sentiment/s" }.map { try json($0.body) }
        #expect(sentiments.map { $0["score"] as? Double } == (try scores()))
        #expect(sentiments.allSatisfy { $0["scope"] as? String == "message" })
        #expect(events.count == 4)

        let store = ["--store", daemon.store]
        let shown = try SluiceProcess.run(["replay", "show", "s"] + store)
        #expect(shown.lines == events.map(\.line))
        let verified = try SluiceProcess.run(["replay", "verify", "--all"] + store)
        #expect(verified.status == 0, "\(verified.output)")
        try expectRefusals(store)
    }

    /// Nothing can be shown of single tokens.
    private func expectRefusals(_ store: [String]) throws {
        let folder = try TemporaryFolder()
        for command in [
            ["report", "s", "-o", folder.path + "/page.html"], ["step", "s", "--commands", "show"],
            ["export", "s", "--format", "jsonl"], ["diff", "s", "--model", Repository.smallModel],
            ["whatif", "s", "--drop", "0"],
        ] {
            let result = try SluiceProcess.run(["replay"] + command + store)
            #expect(result.status == 65, "\(command) \(result.errors)")
            #expect(result.errors.contains("the model reads whole messages"), "\(result.errors)")
        }
        let page = try SluiceProcess.run(
            ["score", "--model", Self.model, "--report", folder.path + "/page.html"],
            input: "text")
        #expect(page.status == 65)
        #expect(page.errors.contains("the model reads whole messages"))
    }

    @Test func inspectTellsWhatItIs() throws {
        let text = try SluiceProcess.run(["inspect", Self.model])
        #expect(text.output.contains("residual connections, bidirectional"))
        #expect(text.output.contains("none between messages"))
        let report = try json(try SluiceProcess.run(["inspect", "--json", Self.model]).output)
        #expect(report["bidirectional"] as? Bool == true)
        #expect(report["skip"] as? String == "residual")
        #expect(report["state_bytes"] as? Int == 0)
    }
}
