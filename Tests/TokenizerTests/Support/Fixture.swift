import Foundation
import Testing

@testable import Tokenizer

/// A tokenizer, and the results of the Python package `tokenizers` for some texts.
struct Fixture: Sendable, CustomTestStringConvertible {
    let name: String
    let path: String
    let tokenizer: BPETokenizer
    let cases: [Case]

    struct Case: Decodable, Sendable {
        let text: Data
        let ids: [Int32]

        var bytes: [UInt8] { Array(text) }
    }

    /// The shipped tokenizer, one trained on a few lines, one with unusual merges, and one without
    /// merges.
    static let all = ["shipped", "trained", "crafted", "bare"].map { name in
        do { return try Fixture(name) } catch { preconditionFailure("fixture \(name): \(error)") }
    }

    static var shipped: Fixture { all[0] }
    static var crafted: Fixture { all[2] }
    static var bare: Fixture { all[3] }

    private init(_ name: String) throws {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let fixtures = tests.appending(path: "Fixtures")
        self.name = name
        path =
            name == "shipped"
            ? tests.appending(path: "../../Sources/DefaultModel/english/tokenizer.json")
                .standardizedFileURL.path
            : fixtures.appending(path: "\(name).tokenizer.json").path
        tokenizer = try BPETokenizer(contentsOf: path)
        let data = try Data(contentsOf: fixtures.appending(path: "\(name).cases.json"))
        cases = try JSONDecoder().decode([Case].self, from: data)
    }

    var testDescription: String { name }
}

extension TokenEncoder {
    /// The tokens of a text that arrives in pieces.
    func tokens(of pieces: [[UInt8]]) -> [Token] {
        var tokens: [Token] = []
        var tokenizer = IncrementalTokenizer(self)
        for piece in pieces { tokenizer.append(piece, into: &tokens) }
        tokenizer.finish(into: &tokens)
        return tokens
    }
}

extension [UInt8] {
    /// The pieces between cuts in ascending order.
    func cut(at cuts: [Int]) -> [[UInt8]] {
        zip([0] + cuts, cuts + [count]).map { Array(self[$0..<$1]) }
    }

    /// Pieces of 1 to `most` bytes.
    func randomPieces(upTo most: Int, using random: inout some RandomNumberGenerator) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = 0
        while start < count {
            let end = Swift.min(count, start + Int.random(in: 1...most, using: &random))
            pieces.append(Array(self[start..<end]))
            start = end
        }
        return pieces
    }
}
