import Foundation
import TestSupport
import Testing

/// `sluice score --report` as a user runs it; what the page does is tested with the report.
@Suite(.blocking) struct ScoreReportTests {
    private static let small = ["score", "--model", Repository.smallModel]

    @Test func aPageIsWrittenInPlaceOfEvents() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/page.html"
        let result = try SluiceProcess.run(
            Self.small + ["--per-line", "--stream", "a <b>", "--report", path],
            input: "first line\nsecond line\n")
        #expect(result.status == 0 && result.output.isEmpty, "\(result.errors)")
        let page = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n"))
        #expect(page.contains("<title>a &lt;b&gt; · gru · Sluice</title>"))
        let text = Data("first linesecond line".utf8).base64EncodedString()
        #expect(page.contains("id=\"data.text\">\(text)</script>"))
        let ends = page.components(separatedBy: #""kind":"message","position":"#).dropFirst()
        #expect(ends.map { $0.prefix { $0.isNumber } } == ["10", "21"])
    }

    @Test func whatIsWrongIsSaid() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/page.html"
        func run(_ arguments: String..., input: String = "text") throws -> SluiceProcess.Result {
            try SluiceProcess.run(Self.small + arguments, input: input)
        }
        let empty = try run("--report", path, input: "")
        #expect(empty.status == 65 && empty.errors.contains("stdin has no token"))
        let unwritable = try run("--report", folder.path + "/none/page.html")
        #expect(unwritable.status == 74 && unwritable.errors.contains("none/page.html"))
        let missing = try run("--report", path, folder.path + "/none.txt")
        #expect(missing.status == 66 && missing.errors.contains("none.txt"))
        let several = try run("--report", path, "a", "b")
        #expect(several.status == 64 && several.errors.contains("there are 2"))
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
