import Foundation

@testable import Tokenizer

/// Byte-level BPE by its definition, for a whole text at once, without optimisation.
struct ReferenceTokenizer {
    private var ids: [String: Int32] = [:]
    private var ranks: [String: Int] = [:]
    private var addedTokens: [(content: [UInt8], id: Int32)] = []

    private struct File: Decodable {
        struct Model: Decodable {
            let vocab: [String: Int32]
            let merges: [[String]]
        }
        struct AddedToken: Decodable {
            let content: String
            let id: Int32
        }
        let model: Model
        let addedTokens: [AddedToken]

        enum CodingKeys: String, CodingKey {
            case model
            case addedTokens = "added_tokens"
        }
    }

    init(_ fixture: Fixture) throws {
        let data = try Data(contentsOf: URL(filePath: fixture.path))
        let file = try JSONDecoder().decode(File.self, from: data)
        ids = file.model.vocab
        for (rank, pair) in file.model.merges.enumerated() {
            ranks[pair.joined(separator: " ")] = rank
        }
        addedTokens = file.addedTokens.map { (Array($0.content.utf8), $0.id) }
    }

    func tokens(of source: [UInt8]) -> [Token] {
        let scalars = Self.decode(source)
        var tokens: [(id: Int32, textCount: Int)] = []
        var pieceStart = 0
        var index = 0
        while index < scalars.count {
            guard let added = addedToken(at: index, scalars) else {
                index += 1
                continue
            }
            tokens += encode(scalars[pieceStart..<index])
            tokens.append((added.id, added.content.count))
            var left = added.content.count
            while left > 0 {
                left -= scalars[index].utf8.count
                index += 1
            }
            pieceStart = index
        }
        tokens += encode(scalars[pieceStart...])
        return Self.withSourceCounts(tokens, scalars)
    }

    private struct DecodedScalar {
        let scalar: Unicode.Scalar
        let sourceCount: Int
        let isValid: Bool
        var utf8: [UInt8] { Array(String(scalar).utf8) }
        var kind: CharacterClass { CharacterClass(of: scalar.value) }
    }

    private static func decode(_ source: [UInt8]) -> [DecodedScalar] {
        var scalars: [DecodedScalar] = []
        var parser = UTF8.ForwardParser()
        var bytes = source.makeIterator()
        while true {
            switch parser.parseScalar(from: &bytes) {
            case .valid(let encoded):
                scalars.append(
                    DecodedScalar(
                        scalar: UTF8.decode(encoded), sourceCount: encoded.count, isValid: true))
            case .error(let length):
                scalars.append(
                    DecodedScalar(scalar: "\u{FFFD}", sourceCount: length, isValid: false))
            case .emptyInput: return scalars
            }
        }
    }

    private func addedToken(
        at index: Int, _ scalars: [DecodedScalar]
    ) -> (content: [UInt8], id: Int32)? {
        let longest = addedTokens.map(\.content.count).max() ?? 0
        let text = scalars[index...].prefix(longest).flatMap(\.utf8)
        return addedTokens.filter { text.starts(with: $0.content) }
            .max { $0.content.count < $1.content.count }
    }

    private func encode(_ piece: ArraySlice<DecodedScalar>) -> [(id: Int32, textCount: Int)] {
        var tokens: [(id: Int32, textCount: Int)] = []
        var rest = piece
        while !rest.isEmpty {
            let end = Self.preTokenEnd(rest)
            tokens += merge(rest[..<end].flatMap(\.utf8))
            rest = rest[end...]
        }
        return tokens
    }

    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    private static func preTokenEnd(_ rest: ArraySlice<DecodedScalar>) -> Int {
        let start = rest.startIndex
        for contraction in ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]
        where rest.prefix(3).map(\.scalar).starts(with: contraction.unicodeScalars) {
            return start + contraction.count
        }
        let afterSpace = rest.first?.scalar == " " ? rest.dropFirst() : rest
        for kind in [CharacterClass.letter, .number, .other] {
            let run = afterSpace.prefix { $0.kind == kind }
            if !run.isEmpty { return run.endIndex }
        }
        let run = rest.prefix { $0.kind == .whitespace }
        return run.endIndex < rest.endIndex && run.count > 1 ? run.endIndex - 1 : run.endIndex
    }

    private func merge(_ bytes: [UInt8]) -> [(id: Int32, textCount: Int)] {
        var parts = bytes.map { String(ByteLevelAlphabet.scalars[Int($0)]) }
        while true {
            var best: (rank: Int, index: Int)?
            for index in parts.indices.dropLast() {
                if let rank = ranks["\(parts[index]) \(parts[index + 1])"],
                    rank < best?.rank ?? .max
                {
                    best = (rank, index)
                }
            }
            guard let (_, index) = best else { break }
            parts.replaceSubrange(index...index + 1, with: [parts[index] + parts[index + 1]])
        }
        return parts.map { (ids[$0]!, $0.unicodeScalars.count) }
    }

    private static func withSourceCounts(
        _ tokens: [(id: Int32, textCount: Int)], _ scalars: [DecodedScalar]
    ) -> [Token] {
        var sourceEnds = [0]
        for scalar in scalars {
            let start = sourceEnds[sourceEnds.count - 1]
            let count = scalar.utf8.count
            for part in 1...count {
                let isWhole = part == count
                sourceEnds.append(
                    start + (isWhole ? scalar.sourceCount : scalar.isValid ? part : 0))
            }
        }
        var end = 0
        return tokens.map { token in
            let start = end
            end += token.textCount
            return Token(id: token.id, byteCount: sourceEnds[end] - sourceEnds[start])
        }
    }
}
