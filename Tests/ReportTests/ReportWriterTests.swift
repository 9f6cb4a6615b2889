import Foundation
import Model
import Report
import TestSupport
import Testing

@Suite struct ReportWriterTests {
    @Test func blocksHoldTheSession() throws {
        let trace = SyntheticTrace.session()
        let page = try WrittenPage(trace)
        #expect(try page.values("text", as: UInt8.self) == trace.tokens.flatMap(\.bytes))
        #expect(
            try page.values("lengths", as: UInt32.self)
                == trace.tokens.map { UInt32($0.bytes.count) })
        #expect(try page.values("ids", as: Int32.self) == trace.tokens.map(\.id))
        #expect(try page.values("epochs", as: UInt32.self) == trace.tokens.map { UInt32($0.epoch) })
        #expect(
            try page.values("offsets", as: UInt64.self).map { Double(bitPattern: $0) }
                == trace.tokens.map { Double($0.offset) })
        let surprisal = try page.values("surprisal", as: UInt32.self)
            .map { Float(bitPattern: $0) }
        #expect(surprisal[0].isNaN)
        #expect(Array(surprisal.dropFirst()) == trace.tokens.compactMap(\.surprisal))
        let probabilities = try page.values("probabilities", as: UInt32.self)
        #expect(probabilities == trace.candidateProbabilities.map(\.bitPattern))
    }

    @Test func candidatesAreThoseOfTheTrace() throws {
        var trace = SyntheticTrace.session()
        trace.candidateIDs[4] = -1
        let page = try WrittenPage(trace)
        let table = try #require(try page.meta["candidates"] as? [[String: Any]])
        let places = try page.values("candidates", as: UInt32.self)
        #expect(places[4] == UInt32.max)
        for (place, id) in zip(places, trace.candidateIDs) where id >= 0 {
            let entry = table[Int(place)]
            let encoded = try #require(entry["text"] as? String)
            let text = try #require(Data(base64Encoded: encoded))
            #expect(entry["id"] as? Int == Int(id) && [UInt8](text) == trace.candidateTexts[id])
        }
    }

    /// Every value, from all chunks of every vector, within half a step of 8 bits.
    @Test func vectorsAreThoseOfTheTraceInEightBits() throws {
        let trace = SyntheticTrace.session(tokens: 9000)
        let page = try WrittenPage(trace)
        let layers = try #require(try page.meta["layers"] as? [[String: Any]])
        for (layer, vector) in [(0, 0), (1, 0), (1, 5)] {
            let scales = try #require(layers[layer]["scales"] as? [[Double]])[vector]
            let units = trace.layers[layer].units.count
            var start = 0
            for (number, length) in [8192, 808].enumerated() {
                let name = "a.\(layer).\(trace.model.vectors[vector]).\(number)"
                let values = try page.values(name, as: Int8.self)
                try #require(values.count == units * length)
                var worst = 0.0
                for unit in 0..<units {
                    for token in 0..<length {
                        let found = Double(values[unit * length + token]) * scales[unit]
                        let value = trace.layers[layer].vectors[vector][
                            (start + token) * units + unit]
                        worst = max(worst, abs(found - Double(value)) / scales[unit])
                    }
                }
                #expect(worst < 0.5001)
                start += length
            }
        }
    }

    @Test func whatIsNotFiniteIsMarked() throws {
        let page = try WrittenPage(SyntheticTrace.hostile)
        // Token 0, unit 7 of h and unit 8 of r; 16 tokens.
        #expect(try page.values("a.0.h.0", as: Int8.self)[7 * 16] == -128)
        #expect(try page.values("a.0.r.0", as: Int8.self)[8 * 16] == -128)
        let others = try page.values("a.0.h.0", as: Int8.self).filter { $0 == -128 }
        #expect(others.count == 1)
    }

    /// Nothing of a session is markup: a page with hostile names has the elements of a harmless one.
    @Test func nothingOfTheSessionIsMarkup() throws {
        let hostile = SyntheticTrace.hostile
        var harmless = hostile
        harmless.stream = "s"
        harmless.model.name = "m"
        harmless.model.fingerprint = "f"
        let (bad, good) = (try WrittenPage(hostile), try WrittenPage(harmless))
        for tag in ["<script", "</script", "<title", "</title", "<!--", "<img", "hacked = 1</"] {
            #expect(bad.occurrences(of: tag) == good.occurrences(of: tag), "\(tag)")
        }
        #expect(!bad.html.contains("onerror=hacked=1>"))
        #expect(try bad.meta["stream"] as? String == hostile.stream)
        let meta = try bad.block("meta")
        #expect(!meta.contains { "<>&".contains($0) })
    }

    @Test func nothingIsLoadedFromElsewhere() throws {
        let html = try WrittenPage(SyntheticTrace.session()).html
        #expect(html.contains("default-src 'none'"))
        for text in ["https://", "http://", "src=", "@import", "url(", "import(", "fetch("] {
            #expect(!html.contains(text), "\(text)")
        }
    }

    @Test func thePageComesInPieces() throws {
        let page = try WrittenPage(SyntheticTrace.session(tokens: 20_000))
        let largest = page.pieces.max() ?? 0
        // A chunk of 32 units, in base64; the text and the like are smaller.
        #expect(largest < 8192 * 32 * 4 / 3 + 200)
        #expect(page.pieces.count > 2 * 6 * 3)
    }

    @Test func aTraceThatDoesNotFitTogetherIsRefused() throws {
        func refused(_ part: String, _ change: (inout SessionTrace) -> Void) {
            var trace = SyntheticTrace.session()
            change(&trace)
            #expect { try ReportWriter(trace) } throws: { error in
                guard case .inconsistent(let found, _, _) = error as? ReportError else {
                    return false
                }
                return found.contains(part)
            }
        }
        refused("candidateIDs") { $0.candidateIDs.removeLast() }
        refused("candidateProbabilities") { $0.candidateProbabilities.append(1) }
        refused("layers") { $0.layers.removeLast() }
        refused("layers[1].c") { $0.layers[1].vectors[1].removeLast() }
        refused("layers[0].vectors") { $0.layers[0].vectors.removeLast() }
        refused("units of layers[0]") { $0.layers[0].units[3] = 4 }
        refused("units of layers[0]") { $0.layers[0].units[3] = 99 }
        refused("order of marks") { $0.marks.reverse() }
        refused("marks within") { $0.marks[$0.marks.count - 1].position = 601 }
        let empty = SessionTrace(stream: "s", model: SyntheticTrace.model())
        #expect(throws: ReportError.noTokens(stream: "s")) { try ReportWriter(empty) }
    }

    @Test func tooLongASessionIsRefused() {
        var trace = SyntheticTrace.session(SyntheticTrace.model(.rnn, layers: 1, hidden: 1))
        let token = trace.tokens[0]
        trace.tokens = Array(repeating: token, count: ReportWriter.maxTokens + 1)
        #expect(
            throws: ReportError.tooManyTokens(200_001, limit: 200_000, isStored: false)
        ) {
            try ReportWriter(trace)
        }
    }
}

@Suite struct ReportFileTests {
    private let writer: ReportWriter

    init() throws { writer = try ReportWriter(SyntheticTrace.session(tokens: 60)) }

    @Test func theFileIsThePage() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/report.html"
        try Data("before".utf8).write(to: URL(filePath: path))
        try writer.write(to: path)
        let page = try WrittenPage(SyntheticTrace.session(tokens: 60))
        #expect(try String(contentsOf: URL(filePath: path), encoding: .utf8) == page.html)
        #expect(try folder.names == ["report.html"])
    }

    @Test func whereALinkLeadsTheFileIsReplaced() throws {
        let folder = try TemporaryFolder()
        let (link, target) = (folder.path + "/link.html", folder.path + "/report.html")
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: "report.html")
        for _ in 0..<2 {
            try writer.write(to: link)
            let place = try FileManager.default.destinationOfSymbolicLink(atPath: link)
            #expect(place == "report.html")
            #expect(try String(contentsOfFile: target, encoding: .utf8).hasSuffix("</html>\n"))
            #expect(try folder.names == ["link.html", "report.html"])
        }
    }

    @Test func anUnwritableFileIsAnError() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/missing/report.html"
        #expect(
            throws: ReportError.writeFailed(path: path, reason: "No such file or directory")
        ) {
            try writer.write(to: path)
        }
        #expect(
            throws: ReportError.writeFailed(path: folder.path, reason: "Is a directory")
        ) {
            try writer.write(to: folder.path)
        }
    }

    @Test func aFullDiskIsAnError() throws {
        #expect(
            throws: ReportError.writeFailed(
                path: "/dev/full", reason: "No space left on device")
        ) {
            try writer.write(to: "/dev/full")
        }
    }
}
