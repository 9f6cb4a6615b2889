import Foundation
import Model

/// The page's metadata beside its arrays, as JSON.
struct ReportMetadata: Encodable {
    struct Model: Encodable {
        let name, fingerprint, cell: String
        let layers, hiddenSize: Int
        /// For display: `GRU (reset before), residual`.
        let network: String
        let hasSentiment: Bool
    }

    struct Mark: Encodable {
        let position: Int
        let kind: String
        let score: Float?
        let time: Double?
    }

    struct Candidate: Encodable {
        let id: Int32
        /// Base64
        let text: String
    }

    struct Layer: Encodable {
        let units: [Int]
        /// `[vectors][units]`
        let scales: [[Float]]
    }

    let stream: String
    let model: Model
    let vectors: [String]
    let tokens, top, chunkTokens: Int
    let marks: [Mark]
    let candidates: [Candidate]
    let layers: [Layer]

    init(_ trace: SessionTrace, chunkTokens: Int, candidates: [Candidate], layers: [Layer]) {
        stream = trace.stream
        model = Model(
            name: trace.model.name, fingerprint: trace.model.fingerprint,
            cell: trace.model.cell.rawValue, layers: trace.model.layers,
            hiddenSize: trace.model.hiddenSize, network: trace.model.network,
            hasSentiment: trace.model.hasSentiment)
        vectors = trace.model.vectors
        (tokens, top) = (trace.tokens.count, trace.top)
        self.chunkTokens = chunkTokens
        marks = trace.marks.map {
            Mark(position: $0.position, kind: $0.kind.name, score: $0.kind.score, time: $0.time)
        }
        self.candidates = candidates
        self.layers = layers
    }

    /// JSON without characters that are special in HTML.
    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // All numbers are finite and all keys are strings.
        guard let data = try? encoder.encode(self) else {
            preconditionFailure("the metadata cannot be encoded")
        }
        return data.flatMap { byte in
            switch byte {
            case UInt8(ascii: "<"): Array("\\u003c".utf8)
            case UInt8(ascii: ">"): Array("\\u003e".utf8)
            case UInt8(ascii: "&"): Array("\\u0026".utf8)
            default: [byte]
            }
        }
    }
}

extension TraceMark.Kind {
    fileprivate var name: String {
        switch self {
        case .messageEnd: "message"
        case .reset: "reset"
        case .end: "end"
        case .put: "put"
        case .quarantine: "quarantine"
        }
    }

    fileprivate var score: Float? {
        if case .messageEnd(let score?) = self, score.isFinite { score } else { nil }
    }
}

extension String {
    /// Escaped for text and attributes.
    var escapedHTML: String {
        var escaped = ""
        for scalar in unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
