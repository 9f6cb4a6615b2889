import Engine
import Foundation
import Journal
import Replay
import Report
import TestSupport
import Testing
import Wire
import ZeroMQ

/// `sluice replay report` on the stores of daemons: the page holds what was published.
@Suite(.blocking) struct ReplayReportTests {
    private func report(
        _ recorded: TwoModelSession, _ arguments: String...
    ) throws -> SluiceProcess.Result {
        try SluiceProcess.run(
            ["replay", "report", "s", "--store", recorded.store] + arguments)
    }

    private func expectSame(
        _ page: ReadReport, _ recorded: TwoModelSession, tokens: Range<Int>? = nil
    ) throws {
        let model = try page.model
        let predictions = try recorded.bodies("next", of: model)
        let scores = try recorded.bodies("sentiment", of: model).filter {
            $0["scope"] as? String == "token"
        }
        let range = tokens ?? predictions.indices
        #expect(!range.isEmpty)
        func numbers(_ bodies: [[String: Any]], _ key: String) -> [Float?] {
            bodies[range].map { ($0[key] as? NSNumber)?.floatValue }
        }
        #expect(try page.words("ids") == predictions[range].map { UInt32($0["id"] as? Int ?? -1) })
        #expect(try page.floats("surprisal") == numbers(predictions, "surprisal"))
        let none = [Float?](repeating: nil, count: range.count)
        #expect(try page.floats("score") == (scores.isEmpty ? none : numbers(scores, "score")))
        #expect(
            try page.words("epochs") == predictions[range].map { UInt32($0["epoch"] as? Int ?? -1) }
        )
        let top = predictions[range].flatMap { $0["top"] as? [[String: Any]] ?? [] }
        #expect(
            try page.floats("probabilities") == top.map { ($0["p"] as? NSNumber)?.floatValue })
    }

    @Test func aPageHoldsWhatWasPublished() throws {
        let recorded = try TwoModelSession()
        let path = recorded.folder.path + "/page.html"
        let last = try report(recorded, "-o", path)
        #expect(last.status == 0 && last.output.isEmpty, "\(last.errors)")
        #expect(last.errors.contains("2 models read s"))
        let page = try ReadReport(path: path)
        #expect(String(decoding: try page.data("text"), as: UTF8.self) == "Another model reads on.")
        #expect(try page.marks == ["reset 0", "message 23", "end 23"])
        try expectSame(page, recorded)

        let first = try report(recorded, "--model", Repository.smallModel)
        #expect(first.status == 0, "\(first.errors)")
        let other = ReadReport(first.output)
        #expect(try other.marks == ["message 22", "message 43", "reset 43", "message 55"])
        try expectSame(other, recorded)
        try expectTheSameVectors(other, in: recorded)

        let part = try report(
            recorded, "--from", "message:1", "--to", "token:50", "--units", "3")
        let shown = ReadReport(part.output)
        #expect(try shown.words("lengths").count == 28)
        try expectSame(shown, recorded, tokens: 22..<50)
    }

    /// Of the first epoch's first message, whose state nothing came before: as `score` has it.
    private func expectTheSameVectors(_ page: ReadReport, in recorded: TwoModelSession) throws {
        let path = recorded.folder.path + "/score.html"
        let text = "What a wonderful film.\nI would see it again.\n"
        let result = try SluiceProcess.run(
            ["score", "--model", Repository.smallModel, "--per-line", "--report", path],
            input: text)
        #expect(result.status == 0, "\(result.errors)")
        let scored = try ReadReport(path: path)
        let count = try scored.words("ids").count
        #expect(try page.words("ids").prefix(count) == scored.words("ids")[...])
        #expect(try page.floats("surprisal").prefix(count) == scored.floats("surprisal")[...])
        #expect(try scales(page).count == scales(scored).count)
        for vector in ["h", "r", "z", "n"] {
            let whole = try values("a.0.\(vector).0", in: page)
            let part = try values("a.0.\(vector).0", in: scored)
            let (all, some) = (try page.words("ids").count, count)
            for (unit, scale) in zip(0..., zip(try scales(page), try scales(scored))) {
                let index = ["h", "r", "z", "n"].firstIndex(of: vector) ?? 0
                let (a, b) = (scale.0[index], scale.1[index])
                for token in 0..<some {
                    let x = Float(whole[unit * all + token]) * a
                    let y = Float(part[unit * some + token]) * b
                    #expect(abs(x - y) <= (a + b) / 2 * 1.001, "\(vector)[\(unit)] at \(token)")
                }
            }
        }
    }

    private func values(_ name: String, in page: ReadReport) throws -> [Int8] {
        try page.data(name).map { Int8(bitPattern: $0) }
    }

    /// `[units][vectors]` of layer 0.
    private func scales(_ page: ReadReport) throws -> [[Float]] {
        let layers = try #require(try page.meta["layers"] as? [[String: Any]])
        let scales = try #require(layers[0]["scales"] as? [[NSNumber]])
        return scales[0].indices.map { unit in scales.map { $0[unit].floatValue } }
    }

    @Test func aBundleAndARunningDaemonsStoreAreRead() throws {
        let daemon = try ServedDaemon()
        let peers = try Peers()
        let pusher = try peers.pusher(daemon)
        let puller = try peers.puller(daemon)
        try pusher.send("s", "Some text.")
        _ = try puller.receiveEvents { $0.topic == "sentiment/s" && $0.isMessageEnd }
        let bundle = daemon.folder.path + "/s.sluice"
        let made = try SluiceProcess.run(
            ["replay", "bundle", "s", "--store", daemon.store, "-o", bundle])
        #expect(made.status == 0, "\(made.errors)")
        let pages = try [daemon.store, bundle].map { store in
            let result = try SluiceProcess.run(["replay", "report", "s", "--store", store])
            #expect(result.status == 0, "\(result.errors)")
            return ReadReport(result.output)
        }
        for page in pages {
            #expect(String(decoding: try page.data("text"), as: UTF8.self) == "Some text.")
        }
        #expect(try pages[0].floats("score") == pages[1].floats("score"))
        try daemon.stop()
    }

    @Test func whatIsWrongIsSaid() throws {
        let recorded = try TwoModelSession()
        let path = try recorded.folder.write("kept", to: "page.html")
        let there = try report(recorded, "-o", path)
        #expect(there.status == 74 && there.errors.contains("--force"))
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == "kept")
        #expect(try report(recorded, "-o", path, "--force").status == 0)
        let nowhere = try report(recorded, "-o", recorded.folder.path + "/none/page.html")
        #expect(nowhere.status == 74 && nowhere.errors.contains("none"))
        let layer = try report(recorded, "--layers", "7")
        #expect(layer.status == 64 && layer.errors.contains("no layer 7"))
        #expect(try report(recorded, "--layers", "a").status == 64)
        #expect(try report(recorded, "--units", "3", "--all-units").status == 64)
        let empty = try report(recorded, "--from", "9999")
        #expect(empty.status == 65 && empty.errors.contains("no token"))
        let other = try SluiceProcess.run(
            ["replay", "report", "st", "--store", recorded.store])
        #expect(other.status == 66 && other.errors.contains("there is 's'"))
    }

    @Test func aSessionOfTooManyTokensIsRefusedWithAdvice() throws {
        let recorded = try TwoModelSession()
        let models = ModelCache(given: [URL(filePath: Repository.smallModel)])
        let store = try SessionStore(JournalStorage(path: recorded.store), models: models)
        var tracer = SessionTracer(try store.session(of: StreamID("s")))
        tracer.maxTokens = try recorded.tokens(of: 0)
        #expect(try tracer.trace().tokens.count == tracer.maxTokens)
        tracer.maxTokens -= 1
        let error = try #require(throws: ReportError.self) { try tracer.trace() }
        #expect(error == .tooManyTokens(nil, limit: tracer.maxTokens, isStored: true))
        #expect("\(error)".contains("select a part with --from and --to"))
    }

    // MARK: In a browser

    private static let browserScript = Repository.root
        .appending(path: "Tests/ReportTests/Browser/recorded_checks.py").path

    private static let hasBrowser =
        (try? SluiceProcess.run(
            ["-B", browserScript, "--can-run"], executable: SluiceProcess.python))?.status == 0

    /// The page of what a daemon recorded, as a reader sees it: the text, the marks, and at each
    /// token what was published about it.
    @Test(.enabled("needs chromium") { hasBrowser })
    func aBrowserShowsWhatWasPublished() throws {
        let recorded = try TwoModelSession()
        let path = recorded.folder.path + "/page.html"
        let made = try report(recorded, "--model", Repository.smallModel, "-o", path)
        #expect(made.status == 0, "\(made.errors)")
        let next = try recorded.bodies("next", of: recorded.models[0])
        let published = try JSONSerialization.data(withJSONObject: next)
        let checked = try SluiceProcess.run(
            ["-B", Self.browserScript, path], input: String(decoding: published, as: UTF8.self),
            executable: SluiceProcess.python)
        #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
        #expect(checked.output == "passed\n")
    }
}
