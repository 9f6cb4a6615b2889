import Client
import Foundation
import Model
import PlainText
import Terminal

/// The output of `sluice inspect`.
struct InspectReport: Encodable {
    let folder: String
    let fingerprint: String
    let cell: String
    let activation: String?
    let resetGate: String?
    let layers: Int
    let skip: String
    let bidirectional: Bool
    let embeddingSize: Int
    let hiddenSize: Int
    let vocabularySize: Int
    let tokenizer: String
    let tieWeights: Bool
    let heads: [String]
    let sentimentPooling: String
    let sentimentNgrams: Int
    let ngrams: Int
    let startToken: Int?
    let separator: String
    let parameters: Int
    let weightBytes: Int
    let stateBytes: Int
    let state: [TensorSpec]
    let inputTableBytes: Int
    let parts: [ModelSummary.Part]

    init(_ model: Model) {
        let summary = ModelSummary(model.network)
        let config = summary.config
        folder = model.folder.path(percentEncoded: false)
        fingerprint = model.fingerprint.hex
        cell = config.cell.rawValue
        activation = config.cell == .rnn ? config.activation.rawValue : nil
        resetGate = config.cell == .gru ? config.resetGate.rawValue : nil
        layers = config.layers
        skip = config.skip.rawValue
        bidirectional = config.bidirectional
        embeddingSize = config.embeddingSize
        hiddenSize = config.hiddenSize
        vocabularySize = config.vocabularySize
        tokenizer = config.tokenizer.rawValue
        tieWeights = config.tieWeights
        sentimentPooling = config.heads.sentimentPooling.rawValue
        sentimentNgrams = config.heads.sentimentNGrams
        ngrams = model.network.ngrams?.ratios.count ?? 0
        heads = (config.heads.next ? ["next"] : []) + (config.heads.sentiment ? ["sentiment"] : [])
        startToken = config.startToken
        separator = config.separator
        parameters = summary.parameters
        weightBytes = summary.weightBytes
        stateBytes = summary.stateBytes
        state = summary.stateVectors
        inputTableBytes = summary.inputTableBytes
        parts = summary.parts
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

extension TensorSpec {
    fileprivate var text: String { "\(name) \(shape)" }
}

extension InspectReport {
    /// The facts, then the parts and their tensors.
    var text: String {
        (AlignedTable(lines: facts).text() + "\n" + AlignedTable(lines: partRows).text())
            .escapedForTerminal(keepingLayout: true)
    }

    private var facts: [[String]] {
        [
            ["model", folder],
            ["fingerprint", fingerprint],
            [
                "network",
                "\(layers) \(layers == 1 ? "layer" : "layers") of \(hiddenSize), \(cellText)"
                    + (skip == "none" ? "" : ", \(skip) connections")
                    + (bidirectional ? ", bidirectional: reads whole messages" : ""),
            ],
            [
                "vocabulary",
                "\(vocabularySize) tokens (\(tokenizer)), embedded in \(embeddingSize)",
            ],
            [
                "heads",
                heads.joined(separator: ", ") + (tieWeights ? "; next tied to the embedding" : "")
                    + (sentimentPooling == "last" ? "" : "; sentiment pooled over messages")
                    + (sentimentNgrams == 0
                        ? "" : "; \(ngrams.grouped) n-grams of up to \(sentimentNgrams) tokens"),
            ],
            ["start token", startToken.map { "\($0)" } ?? "none"],
            ["separator", separator.isEmpty ? "none" : separator.debugDescription],
            ["parameters", "\(parameters.grouped) in \(Progress.bytes(Double(weightBytes)))"],
            ["state", stateText],
            ["input table", Progress.bytes(Double(inputTableBytes))],
        ]
    }

    private var stateText: String {
        guard !bidirectional else { return "none between messages" }
        let vectors = state.map(\.text).joined(separator: ", ")
        return "\(stateBytes.grouped) bytes per stream: \(vectors)"
    }

    private var cellText: String {
        switch cell {
        case "gru": "GRU, reset \(resetGate ?? "after") the product"
        case "rnn": "RNN, \(activation ?? "tanh")"
        default: cell.uppercased()
        }
    }

    private var partRows: [[String]] {
        parts.flatMap { part in
            part.tensors.enumerated().map { index, tensor in
                [
                    index == 0 ? part.name : "", index == 0 ? part.parameters.grouped : "",
                    tensor.text,
                ]
            }
        }
    }
}
