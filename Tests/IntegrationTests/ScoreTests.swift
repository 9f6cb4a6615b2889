import Foundation
import TestSupport
import Testing
import Wire

/// `sluice score` as a user runs it.
@Suite(.blocking) struct ScoreTests {
    private static let small = ["--model", Repository.smallModel]

    private func score(
        _ arguments: String..., input: String = "", status: Int32 = 0
    ) throws -> SluiceProcess.Result {
        let result = try SluiceProcess.run(
            ["score"] + Self.small + arguments, input: input)
        #expect(result.status == status, "\(result.errors)")
        return result
    }

    @Test func aTextIsOneMessageOfOneStream() throws {
        let result = try score(input: "one\ntwo")
        let topics = try result.lines.map { try json($0)["topic"] as? String }
        let token = ["next/stdin", "sentiment/stdin"]
        let tokens = Array(repeating: token, count: 7).joined()
        #expect(topics == ["stream/stdin"] + tokens + ["sentiment/stdin", "stream/stdin"])
        #expect(result.errors.isEmpty)
    }

    @Test func eachLineIsAMessage() throws {
        let result = try score(
            "--per-line", "--events", "sentiment", "--every", "message", "--stream", "s",
            input: "one\r\n\ntwo\nthree")
        let bodies = try result.lines.map { try #require(json($0)["body"] as? [String: Any]) }
        #expect(bodies.map { $0["offset"] as? [Int] } == [[0, 3], [3, 6], [6, 11]])
        #expect(bodies.map { $0["message"] as? Int } == [0, 1, 2])
        #expect(bodies.allSatisfy { $0["stream"] as? String == "s" })
    }

    @Test func eachFileIsAStream() throws {
        let folder = try TemporaryFolder()
        let texts = ["a.txt": "first file", "b.txt": "", "c.txt": "second\nfile"]
        for (name, text) in texts { try folder.write(text, to: name) }
        let result = try score(
            folder.path + "/a.txt", folder.path + "/c.txt", "-", input: "and standard input")
        let streams = [("a.txt", "first file"), ("c.txt", "second\nfile")]
        for (name, text) in streams + [("stdin", "and standard input")] {
            let alone = try score("--stream", name, input: text)
            #expect(result.lines.filter { $0.contains("/\(name)\",") } == alone.lines)
        }
    }

    @Test func anEmptyFileSaysNothingButThatThereWasNoText() throws {
        let folder = try TemporaryFolder()
        let result = try score(try folder.write("", to: "empty"))
        #expect(result.lines.allSatisfy { $0.contains("error/empty") })
    }

    /// However the text comes, the same bytes come out.
    @Test func aSlowPipeChangesNothing() throws {
        let text = "Größe 字 👍🏽 e\u{301}  \r\n\tnaïve\n"
        let whole = try score(input: text)
        let process = try SluiceProcess(["score"] + Self.small)
        for byte in text.utf8 { try process.input.write(contentsOf: Data([byte])) }
        // What has come is told before more comes.
        try process.waitForOutput(containing: #""offset":[10,11]"#)
        try process.finishInput()
        #expect(try process.finish().output == whole.output)
        let perLine = try SluiceProcess(["score", "--per-line"] + Self.small)
        for byte in text.utf8 { try perLine.input.write(contentsOf: Data([byte])) }
        try perLine.finishInput()
        #expect(try perLine.finish().output == score("--per-line", input: text).output)
    }

    @Test func aByteOrderMarkIsNoPartOfTheText() throws {
        let folder = try TemporaryFolder()
        let text = "Terrible.\n"
        let plain = try score("--stream", "s", "--per-line", try folder.write(text, to: "plain"))
        let marked = try folder.write("\u{FEFF}" + text, to: "marked")
        #expect(try score("--stream", "s", "--per-line", marked).output == plain.output)
        let wide = try folder.write(Array(try #require(text.data(using: .utf16))), to: "wide")
        let refused = try score(wide, status: 65)
        #expect(refused.output.isEmpty)
        #expect(refused.errors.contains("found UTF-16"))
        #expect(refused.errors.contains("iconv -f UTF-16"))
    }

    @Test func bytesThatAreNoTextAreReadAndReported() throws {
        let folder = try TemporaryFolder()
        let result = try score(try folder.write([0x61, 0xFF, 0x00, 0xC3], to: "bytes"))
        let errors = result.lines.filter { $0.contains("error/bytes") }
        // The last byte could have gone on to a character until the file ended.
        #expect(errors.count == 2)
        #expect(errors.allSatisfy { $0.contains("not_utf8") })
        #expect(result.lines.filter { $0.contains("next/bytes") }.count == 4)
    }

    // MARK: Failures

    @Test func aMissingFileIsNamed() throws {
        let result = try score("/nowhere/text", status: 66)
        #expect(result.output.isEmpty)
        #expect(result.errors.contains("/nowhere/text"))
    }

    @Test func aClosedOutputEndsIt() throws {
        let command = """
            { yes 'all work and no play' | "$0" score --model "$1"; echo "status $?" >&2; } | head -1
            """
        let result = try SluiceProcess.run(
            ["-c", command, SluiceProcess.executable.path, Repository.smallModel],
            executable: URL(filePath: "/bin/sh"))
        #expect(result.lines.count == 1)
        // `yes` has something to say where SIGPIPE is ignored.
        #expect(result.errors.hasSuffix("status 141\n") && !result.errors.contains("sluice:"))
    }

    @Test func wrongUsageIsRefused() throws {
        for arguments in [
            ["--top", "0"], ["--events", "nxt"], ["--kernel-tier", "mmx"], ["--nope"],
        ] {
            let result = try SluiceProcess.run(["score"] + arguments)
            #expect(result.status == 64, "\(arguments)")
            #expect(!result.errors.isEmpty)
        }
    }
}

/// The shipped model, as `score` runs it, against what PyTorch says of it.
@Suite(.blocking) struct ScoreReferenceTests {
    private static let fixtures = ["shipped-1", "shipped-2", "shipped-3"]

    private struct Tokens: Decodable {
        let ids: [Int32]
        let text: String
        let topIDs: [[Int32]]

        enum CodingKeys: String, CodingKey {
            case ids, text
            case topIDs = "top_ids"
        }
    }

    @Test func agreesWithPyTorchOnEveryKernelTier() throws {
        let folder = try TemporaryFolder()
        let paths = try Self.fixtures.map { name in
            let tokens = try self.tokens(name)
            return try folder.write(tokens.text, to: name)
        }
        let result = try SluiceProcess.run(["score"] + paths)
        #expect(result.status == 0)
        for name in Self.fixtures { try check(result.lines, name) }
        let portable = try SluiceProcess.run(["score", "--kernel-tier", "portable"] + paths)
        for name in Self.fixtures {
            let isAbout = { (line: String) in line.contains("/\(name)\",") }
            let lines = result.lines.filter(isAbout)
            #expect(lines.count > 10)
            #expect(portable.lines.filter(isAbout) == lines)
        }
    }

    private func tokens(_ name: String) throws -> Tokens {
        let file = Repository.fixture(name).appending(path: "tokens.json")
        return try JSONDecoder().decode(Tokens.self, from: Data(contentsOf: file))
    }

    private func check(_ lines: [String], _ name: String) throws {
        let tokens = try tokens(name)
        let expected = try ReferenceTensors(
            Repository.fixture(name).appending(path: "expected.safetensors"))
        let (surprisal, top, positive) = (
            try expected["surprisal"], try expected["top"], try expected["positive"]
        )
        let events = try lines.compactMap { line -> Event? in
            let message = try json(line)
            let topic = try #require(message["topic"] as? String).split(separator: "/")
            guard topic.last.map(String.init) == name, topic[0] != "stream" else { return nil }
            let body = try JSONSerialization.data(withJSONObject: message["body"] as Any)
            return try Event(kind: #require(EventKind(rawValue: String(topic[0]))), body: body)
        }
        let next = events.compactMap { if case .next(let it) = $0.payload { it } else { nil } }
        let scores = events.compactMap { event -> Sentiment? in
            if case .sentiment(let it) = event.payload { it } else { nil }
        }
        // Row 0 is the start token, which no event is about.
        #expect(next.map(\.id) == Array(tokens.ids.dropFirst()))
        for (index, event) in next.enumerated() {
            let row = index + 1
            #expect(abs((event.surprisal ?? .nan) - surprisal[row]) <= 1e-4)
            #expect(event.top.map(\.id) == tokens.topIDs[row])
            for (rank, candidate) in event.top.enumerated() {
                #expect(abs(candidate.probability - top[row * 5 + rank]) <= 1e-5)
            }
            #expect(abs(scores[index].positive - positive[row]) <= 1e-5)
        }
        #expect(scores.count == next.count + 1)
        #expect(scores.last?.scope == .message)
        #expect(scores.last?.positive == scores.dropLast().last?.positive)
    }
}

/// Tensors of float32 in a safetensors file, read as its format says and no further.
private struct ReferenceTensors {
    private let data: Data
    private let header: [String: Any]
    private let start: Int

    init(_ url: URL) throws {
        data = try Data(contentsOf: url)
        let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
        start = 8 + length
        header = try #require(
            try JSONSerialization.jsonObject(with: data[8..<start]) as? [String: Any])
    }

    subscript(name: String) -> [Float] {
        get throws {
            let tensor = try #require(header[name] as? [String: Any])
            let offsets = try #require(tensor["data_offsets"] as? [Int])
            let bytes = Array(data[start + offsets[0]..<start + offsets[1]])
            return stride(from: 0, to: bytes.count, by: 4).map { index in
                let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << (8 * $1) }
                return Float(bitPattern: bits)
            }
        }
    }
}
