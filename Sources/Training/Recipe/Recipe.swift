package import Model

/// A training run: the contents of a recipe file.
package struct Recipe: Sendable, Equatable {
    /// The configuration of the trained model. The tokenizer determines the size of the vocabulary.
    package var network = ModelConfig(
        cell: .lstm, layers: 1, embeddingSize: 128, hiddenSize: 128, vocabularySize: 256)
    /// A tokenizer.json; nil for bytes.
    package var tokenizer: String?
    /// A model folder with the initial weights; nil: random.
    package var start: String?
    package var seed: UInt64 = 1
    package var initialisation = Initialisation()
    package var ngrams = NGrams()
    package var texts: [TextSource] = []
    package var labelled: [LabelledSource] = []
    package var window = Window()
    package var dropout = DropoutRates()
    package var loss = Loss()
    package var optimiser = OptimiserSettings()
    package var schedule = Schedule()
    package var length = Length()
    package var validation = Validation()
    package var checkpoints = Checkpoints()
    package var card = Card()

    /// Plain text for the language model.
    package struct TextSource: Sendable, Equatable {
        package var files: [String] = []
        package var documents = Documents.article
        /// The number of consecutive lines or articles that form one document.
        package var group = 1
        /// Lanes of the mini-batch that read it.
        package var lanes = 0
    }

    /// Tables of labelled texts.
    package struct LabelledSource: Sendable, Equatable {
        package var files: [String] = []
        /// The columns; nil: the usual names.
        package var text: String?
        package var label: String?
        /// The meaning of the labels; nil: inferred.
        package var rule: LabelRule?
        /// One of two halves of the texts, 0 or 1.
        package var half: Int?
        /// The fraction of texts that are read as the next message of a stream, not as the first.
        package var joined = 0.0
        /// The weight of each text in the sentiment loss.
        package var weight = 1.0
        /// Whether n-grams are counted in this source.
        package var ngrams = true
        package var lanes = 0
    }

    /// The selection of the n-grams that are counted in labelled texts.
    package struct NGrams: Sendable, Equatable {
        /// The minimum number of texts that contain an n-gram.
        package var minimum = 5
        /// The maximum number of n-grams.
        package var limit = 30_000
    }

    package struct Window: Sendable, Equatable {
        /// The sequence length of truncated back-propagation, in tokens.
        package var steps = 64
        /// The standard deviation of the sequence length (Merity et al. 2018).
        package var jitter = 0.0
        /// For tables only: each lane is one whole text of at most `steps` tokens.
        package var wholeTexts = false
    }

    package struct Loss: Sendable, Equatable {
        package var weights = LossWeights()
        package var labelSmoothing = 0.0
        package var sentiment = SentimentWeights()
    }

    package struct OptimiserSettings: Sendable, Equatable {
        package enum Kind: String, CaseIterable, Sendable { case adamw, sgd, asgd }

        package var kind = Kind.adamw
        package var learningRate = 1e-3
        /// The factor on the learning rate of the sentiment head.
        package var sentimentRate = 1.0
        package var beta1 = 0.9
        package var beta2 = 0.999
        package var epsilon = 1e-8
        package var momentum = 0.0
        package var weightDecay = 0.0
        package var clipNorm: Double? = 1
        package var clipValue: Double?
        /// The number of mini-batches whose gradients are averaged for one step.
        package var accumulate = 1
        /// For `asgd`: the number of validations without improvement after which averaging begins.
        package var trigger = 5
    }

    package struct Length: Sendable, Equatable {
        /// The smaller one counts; at least one is required.
        package var steps: Int?
        package var epochs: Double?
    }

    package struct Validation: Sendable, Equatable {
        package var texts: [TextSource] = []
        package var labelled: [LabelledSource] = []
        package var every = 1000
        /// The maximum number of tokens of plain text.
        package var tokens = 200_000
        /// Early stopping: the number of validations without improvement that are allowed; nil:
        /// any.
        package var patience: Int?
    }

    package struct Checkpoints: Sendable, Equatable {
        package var every = 1000
        /// The number of checkpoints to keep.
        package var keep = 2
    }

    /// Texts for the model card.
    package struct Card: Sendable, Equatable {
        package var title = ""
        package var data = ""
        package var licence = ""
    }
}
