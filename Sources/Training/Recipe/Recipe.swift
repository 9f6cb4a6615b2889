package import Model

/// What a run trains, on what, and how: the contents of a recipe file.
package struct Recipe: Sendable, Equatable {
    /// The configuration that the model folder will have. The vocabulary's size is the tokenizer's.
    package var network = ModelConfig(
        cell: .lstm, layers: 1, embeddingSize: 128, hiddenSize: 128, vocabularySize: 256)
    /// A tokenizer.json; nil for bytes.
    package var tokenizer: String?
    /// A model folder to begin with, in place of random parameters.
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

    package init() {}

    /// Plain text to read as a language model.
    package struct TextSource: Sendable, Equatable {
        package var files: [String] = []
        package var documents = Documents.article
        /// How many lines or articles one after another are one document.
        package var group = 1
        /// Lanes of the window that read it.
        package var lanes = 0

        package init() {}
    }

    /// Tables of texts whose sentiment is known.
    package struct LabelledSource: Sendable, Equatable {
        package var files: [String] = []
        /// Columns; nil: the usual ones.
        package var text: String?
        package var label: String?
        /// What the labels mean; nil: what they mean by themselves.
        package var rule: LabelRule?
        /// One of two halves of the texts, 0 or 1.
        package var half: Int?
        /// The part of the texts that are read as the next message of a stream, and not as a first.
        package var joined = 0.0
        /// What each text counts for the sentiment.
        package var weight = 1.0
        /// Whether the model's n-grams are counted in it.
        package var ngrams = true
        package var lanes = 0

        package init() {}
    }

    /// Which of the n-grams counted in labelled texts the model gets.
    package struct NGrams: Sendable, Equatable {
        /// Texts that each is in at least.
        package var minimum = 5
        /// How many at most.
        package var limit = 30_000

        package init() {}
    }

    package struct Window: Sendable, Equatable {
        /// Steps that gradients go back.
        package var steps = 64
        /// Standard deviation of a window's length around that (Merity et al. 2018).
        package var jitter = 0.0
        /// Tables only: a window is one whole text in each lane, of `steps` tokens at most.
        package var wholeTexts = false

        package init() {}
    }

    package struct Loss: Sendable, Equatable {
        package var weights = LossWeights()
        package var labelSmoothing = 0.0
        package var sentiment = SentimentWeights()

        package init() {}
    }

    package struct OptimiserSettings: Sendable, Equatable {
        package enum Kind: String, CaseIterable, Sendable { case adamw, sgd, asgd }

        package var kind = Kind.adamw
        package var learningRate = 1e-3
        /// Of the sentiment head, in learning rates of all else.
        package var sentimentRate = 1.0
        package var beta1 = 0.9
        package var beta2 = 0.999
        package var epsilon = 1e-8
        package var momentum = 0.0
        package var weightDecay = 0.0
        package var clipNorm: Double? = 1
        package var clipValue: Double?
        /// Windows whose gradients are averaged for one step.
        package var accumulate = 1
        /// Of `asgd`: validations without an improvement after which averaging begins.
        package var trigger = 5

        package init() {}
    }

    package struct Length: Sendable, Equatable {
        /// Whichever comes first; one must be given.
        package var steps: Int?
        package var epochs: Double?

        package init() {}
    }

    package struct Validation: Sendable, Equatable {
        package var texts: [TextSource] = []
        package var labelled: [LabelledSource] = []
        package var every = 1000
        /// Tokens of plain text to read at most.
        package var tokens = 200_000
        /// Validations without an improvement after which the run stops; nil for never.
        package var patience: Int?

        package init() {}
    }

    package struct Checkpoints: Sendable, Equatable {
        package var every = 1000
        /// How many to keep.
        package var keep = 2

        package init() {}
    }

    /// What the model card says beside figures.
    package struct Card: Sendable, Equatable {
        package var title = ""
        package var data = ""
        package var licence = ""

        package init() {}
    }
}
