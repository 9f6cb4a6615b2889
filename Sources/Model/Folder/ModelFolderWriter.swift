package import Foundation
internal import StrictJSON

/// Writes a model folder that `Model.load` and PyTorch programs read.
package enum ModelFolderWriter {
    /// Creates the folder and its files. An existing file is replaced when the new one is complete.
    ///
    /// - Parameters:
    ///   - tokenizer: the bytes of a tokenizer.json; nil for a byte model.
    ///   - ngrams: nil if the configuration has no n-grams.
    ///   - card: the text of a README.md.
    ///   - values: the values of each of `config.tensors`, row-major.
    /// - Throws: `ModelError` with the code `unwritable`.
    package static func write(
        _ config: ModelConfig, tokenizer: Data?, ngrams: SentimentNGrams? = nil,
        card: String? = nil, to folder: URL, values: (TensorSpec) throws(ModelError) -> [Float]
    ) throws(ModelError) {
        precondition((ngrams?.order ?? 0) == config.heads.sentimentNGrams)
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let files: [(String, Data?)] = [
                ("config.json", Data(config.json.utf8)), ("tokenizer.json", tokenizer),
                (SentimentNGrams.fileName, ngrams.map { Data($0.file.utf8) }),
                ("README.md", card.map { Data($0.utf8) }),
            ]
            for (name, data) in files {
                try data?.write(to: folder.appending(path: name), options: .atomic)
            }
        } catch {
            throw ModelError(unwritable: folder, error)
        }
        try SafetensorsFile.write(
            config.tensors, to: folder.appending(path: "model.safetensors"), values: values)
    }
}

extension ModelConfig {
    /// The contents of a config.json, with the settings that differ from their defaults.
    package var json: String {
        var members = ["\"format\": \"\(Self.format)\"", "\"cell\": \"\(cell.rawValue)\""]
        if cell == .rnn { members.append("\"activation\": \"\(activation.rawValue)\"") }
        if cell == .gru { members.append("\"reset_gate\": \"\(resetGate.rawValue)\"") }
        members.append("\"layers\": \(layers)")
        if skip != .none { members.append("\"skip\": \"\(skip.rawValue)\"") }
        if bidirectional { members.append("\"bidirectional\": true") }
        members += [
            "\"embedding_size\": \(embeddingSize)", "\"hidden_size\": \(hiddenSize)",
            "\"vocab_size\": \(vocabularySize)", "\"tie_weights\": \(tieWeights)",
            "\"tokenizer\": \"\(tokenizer.rawValue)\"",
        ]
        if let startToken { members.append("\"start_token\": \(startToken)") }
        if !separator.isEmpty { members.append("\"separator\": \(separator.jsonLiteral)") }
        var heads = ["\"next\": \(self.heads.next)"]
        if self.heads.sentiment {
            let pooling = self.heads.sentimentPooling
            let ngrams = self.heads.sentimentNGrams
            let members =
                (pooling == .last ? "" : ", \"pooling\": \"\(pooling.rawValue)\"")
                + (ngrams == 0 ? "" : ", \"ngrams\": \(ngrams)")
            heads.append("\"sentiment\": { \"classes\": 1\(members) }")
        }
        members.append("\"heads\": { \(heads.joined(separator: ", ")) }")
        return "{\n  \(members.joined(separator: ",\n  "))\n}\n"
    }
}
