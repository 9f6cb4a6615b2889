package import Foundation
package import Model

/// Writes a network of random weights as a model folder, which daemons of any kind can serve.
package struct RandomModelFolder {
    private let shape: NetworkShape
    private let tokenizer: Data

    /// - Parameter original: the tokenizer.json of a byte-level BPE, to be made as large as the
    ///   shape's vocabulary.
    /// - Throws: `RandomModelError` if it cannot be.
    package init(_ shape: NetworkShape, tokenizerLike original: Data) throws(RandomModelError) {
        var resized = ResizedTokenizer(original)
        guard let tokenizer = resized?.resize(to: shape.vocabularySize) else {
            throw RandomModelError(vocabularySize: shape.vocabularySize)
        }
        self.shape = shape
        self.tokenizer = tokenizer
    }

    /// Makes the folder and its files; existing ones are written over.
    package func write(to folder: URL) throws(ModelError) {
        var config = shape.config
        config.tokenizer = .bpe
        let weights = RandomWeights(config: config, seed: 1)
        try ModelFolderWriter.write(config, tokenizer: tokenizer, to: folder) { tensor in
            weights.values(of: tensor)
        }
    }
}

/// No tokenizer can be made for a shape.
package struct RandomModelError: Error, CustomStringConvertible {
    let vocabularySize: Int

    package var description: String {
        "no tokenizer can be made of \(vocabularySize) tokens; expected 257 or more, and not "
            + "millions"
    }
}
