import Foundation
import StrictJSON
import TestSupport

@testable import Tokenizer

/// A tokenizer.json, and every way of cutting a text.
///
///     "{"…: the file itself; or
///     number of merges u8 | two u8 for each: tokens that are merged |
///     number of added tokens u8 | a piece for each | seed of the cuts u8 | text
enum TokenizerTarget {
    static let target = FuzzTarget("tokenizer", seeds: seeds) { check }

    private static let sample = Array("It's  a test, isn't\n it? <e> 12 é€\u{A0}😀!! aaa".utf8)

    private static func check(_ bytes: [UInt8]) throws {
        do {
            if bytes.first == UInt8(ascii: "{") {
                let tokenizer = try BPETokenizer(json: bytes, name: "fuzz")
                try checkCuts(sample, tokenizer, seed: UInt64(bytes.count))
            } else {
                try checkMade(bytes)
            }
        } catch is TokenizerError {}
    }

    private static func checkMade(_ bytes: [UInt8]) throws {
        var input = FuzzInput(bytes)
        let json = file(&input)
        let tokenizer = try BPETokenizer(json: Array(json.utf8), name: "fuzz")
        let seed = UInt64(input.byte())
        try checkCuts(Array(input.all().prefix(400)), tokenizer, seed: seed)
    }

    /// A file that holds together.
    private static func file(_ input: inout FuzzInput) -> String {
        var spellings = ByteLevelAlphabet.scalars.map { String($0) }
        var merges: [String] = []
        for _ in 0..<input.number(below: 40) {
            let left = spellings[Int(input.byte()) * 2 % spellings.count]
            let right = spellings[Int(input.byte()) * 3 % spellings.count]
            guard left.utf8.count + right.utf8.count < 100, !spellings.contains(left + right)
            else { continue }
            spellings.append(left + right)
            merges.append("[\(left.jsonLiteral),\(right.jsonLiteral)]")
        }
        var added: [String] = []
        for index in 0..<input.number(below: 4) {
            let content = String(decoding: input.piece().prefix(20), as: UTF8.self)
            added.append(
                """
                {"id":\(spellings.count + index),"content":\(content.jsonLiteral),\
                "single_word":false,"lstrip":false,"rstrip":false,"normalized":false,\
                "special":true}
                """)
        }
        let vocabulary = spellings.enumerated().map { "\($1.jsonLiteral):\($0)" }
        return """
            {"version":"1.0","truncation":null,"padding":null,\
            "added_tokens":[\(added.joined(separator: ","))],"normalizer":null,\
            "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true},\
            "post_processor":null,"decoder":null,"model":{"type":"BPE",\
            "vocab":{\(vocabulary.joined(separator: ","))},\
            "merges":[\(merges.joined(separator: ","))]}}
            """
    }

    private static func checkCuts(
        _ text: [UInt8], _ tokenizer: BPETokenizer, seed: UInt64
    ) throws {
        let whole = tokenizer.tokens(of: text)
        try requireEqual(
            whole.reduce(0) { $0 + Int($1.byteCount) }, text.count, "the bytes of all tokens")
        if String(validating: text, as: UTF8.self) != nil {
            let bytes = whole.flatMap { tokenizer.vocabulary.bytes(of: $0.id) }
            try requireEqual(bytes, text, "the text of the tokens")
        }
        var random = SeededRandom(seed: seed)
        for longest in [1, 7, 100] {
            let pieces =
                longest == 1 ? text.map { [$0] } : cuts(of: text, longest: longest, &random)
            try requireEqual(
                try tokens(of: pieces, tokenizer, restores: longest == 7), whole,
                "tokens in pieces of \(longest)")
        }
    }

    /// - Parameter restores: the state is stored and restored between the pieces.
    private static func tokens(
        of pieces: [[UInt8]], _ tokenizer: BPETokenizer, restores: Bool
    ) throws -> [Token] {
        let encoder = tokenizer.makeEncoder()
        var incremental = IncrementalTokenizer(encoder)
        var tokens: [Token] = []
        for piece in pieces {
            incremental.append(piece, into: &tokens)
            guard restores else { continue }
            let snapshot = incremental.snapshot()
            do throws(TokenizerError) {
                incremental = try IncrementalTokenizer(encoder, restoring: snapshot)
            } catch {
                throw BrokenProperty(description: "the state is not restored: \(error)")
            }
            try requireEqual(incremental.snapshot(), snapshot, "the restored state")
        }
        incremental.finish(into: &tokens)
        return tokens
    }

    private static func seeds() -> [[UInt8]] {
        let merges: [UInt8] = [6, 97, 98, 129, 85, 130, 85, 104, 101, 32, 97, 131, 129]
        var empty = FuzzInput([])
        return [
            merges + [0, 3] + sample, merges + [1] + piece("<e>") + [4] + sample,
            [0, 0, 1] + [0, 0xE2, 0x82, 0xFF, 32, 32, 10],
            [0, 2] + piece("a") + piece("ab") + sample,
            Array(file(&empty).utf8),
        ]
    }
}
