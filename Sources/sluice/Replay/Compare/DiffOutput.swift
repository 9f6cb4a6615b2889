import Debugger
import Engine
import Foundation
import Terminal
import Wire

/// Where a comparison goes.
protocol DiffOutput {
    func begin() throws
    mutating func write(_ segment: Segment) throws
    mutating func finish(_ summary: DiffSummary) throws
}

/// JSON lines: `{"offset": …, "a": {…}, "b": {…}}`, and `{"summary": {…}}` at the end.
struct DiffLines: DiffOutput {
    private struct Row: Encodable {
        let offset: [UInt64]
        let difference: String?
        let a: Half?
        let b: Half?
        let divergence: Double?
    }

    private struct Half: Encodable {
        let text: String
        let tokens: [UInt64]
        let ids: [Int32]
        let epoch: UInt64
        let message: UInt64
        let surprisal: Double?
        let sentiment: Double?
        let top: [Candidate]
        let messageScore: Float?

        init?(_ points: [SessionPoint]) {
            guard let last = points.last, let token = last.token else { return nil }
            text = String(decoding: points.flatMap { $0.token?.bytes ?? [] }, as: UTF8.self)
            tokens = points.map { $0.position - 1 }
            ids = points.compactMap(\.token?.id)
            epoch = last.epoch
            message = token.message
            surprisal = points.surprisal
            sentiment = points.sentiment
            top = token.candidates.map { Candidate(text: $0.text, probability: $0.probability) }
            messageScore = last.messageScore?.score
        }
    }

    private struct Candidate: Encodable {
        let text: String
        let probability: Float
    }

    private struct Summary: Encodable {
        struct Side: Encodable {
            let tokens: Int
            let bytes: UInt64
            let bitsPerByte: Double?
        }

        struct First: Encodable {
            let offset: UInt64
            let difference: String?
            let tokenA: UInt64?
            let tokenB: UInt64?
            let message: UInt64?
        }

        let segments: Int
        let differing: Int
        let first: First?
        let a: Side
        let b: Side
        let topAgreement: Double?
        let sentimentCorrelation: Double?
        let meanDivergence: Double?
    }

    func begin() {}

    func write(_ segment: Segment) throws {
        try JSONRows.write(
            Row(
                offset: [segment.offset.lowerBound, segment.offset.upperBound],
                difference: segment.difference?.rawValue, a: Half(segment.a), b: Half(segment.b),
                divergence: segment.divergence))
    }

    func finish(_ summary: DiffSummary) throws {
        let first = summary.first.map { first in
            Summary.First(
                offset: first.offset.lowerBound, difference: first.difference?.rawValue,
                tokenA: first.a.first.map { $0.position - 1 },
                tokenB: first.b.first.map { $0.position - 1 },
                message: (first.a.first ?? first.b.first)?.token?.message)
        }
        try JSONRows.write([
            "summary": Summary(
                segments: summary.segments, differing: summary.differing, first: first,
                a: side(summary.a), b: side(summary.b), topAgreement: summary.topAgreement,
                sentimentCorrelation: summary.sentimentCorrelation,
                meanDivergence: summary.meanDivergence)
        ])
    }

    private func side(_ side: DiffSummary.Side) -> Summary.Side {
        Summary.Side(tokens: side.tokens, bytes: side.bytes, bitsPerByte: side.bitsPerByte)
    }
}

/// Values as JSON, one a line.
enum JSONRows {
    static func write(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let line = String(decoding: try encoder.encode(value), as: UTF8.self)
        try TextOutput.standardOutput.write(line + "\n")
    }
}
