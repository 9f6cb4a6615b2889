internal import Model
package import StrictTOML

/// Every key of a recipe. `deploy/recipes/README.md` explains them.
extension Recipe {
    package static var codec: ConfigurationCodec<Recipe> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Recipe(),
            [
                Field("seed", \.seed, .integer(0...UInt64(Int.max))),
                Field("tokenizer", \.tokenizer, .path, or: "bytes"),
                Field("start", optional: \.start, .path),
                Field("network", \.network, ModelConfig.codec, isRequired: true),
                Field("initialisation", \.initialisation, Initialisation.codec),
                Field("ngrams", \.ngrams, NGrams.codec),
                Field("text", \.texts, .list(of: TextSource.codec)),
                Field("labelled", \.labelled, .list(of: LabelledSource.codec)),
                Field("window", \.window, Window.codec),
                Field("dropout", \.dropout, DropoutRates.codec),
                Field("loss", \.loss, Loss.codec),
                Field("optimiser", \.optimiser, OptimiserSettings.codec),
                Field("schedule", \.schedule, Schedule.codec),
                Field("length", \.length, Length.codec, isRequired: true),
                Field("validation", \.validation, Validation.codec),
                Field("checkpoints", \.checkpoints, Checkpoints.codec),
                Field("card", \.card, Card.codec),
            ])
    }
}

extension ModelConfig {
    /// The keys of a config.json, except those of the tokenizer, which the recipe's `tokenizer`
    /// determines.
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Recipe().network,
            [
                Field("cell", \.cell, .choice, isRequired: true),
                Field(
                    "activation", \.activation, .choice, applies: { $0.cell == .rnn },
                    context: "but for cell \"rnn\""),
                Field(
                    "reset_gate", \.resetGate, .choice, applies: { $0.cell == .gru },
                    context: "but for cell \"gru\""),
                Field("layers", \.layers, .integer(layerRange)),
                Field("skip", \.skip, .choice),
                Field("bidirectional", \.bidirectional, .flag),
                Field("embedding_size", \.embeddingSize, .integer(sizeRange)),
                Field("hidden_size", \.hiddenSize, .integer(sizeRange)),
                Field("tie_weights", \.tieWeights, .flag),
                Field(
                    "start_token", optional: \.startToken, .integer(0...vocabularyRange.upperBound)),
                Field("separator", \.separator, .text(expecting: "a text", allowsEmpty: true)),
                Field("next", \.heads.next, .flag),
                Field("sentiment", \.heads.sentiment, .flag),
                Field("sentiment_pooling", \.heads.sentimentPooling, .choice),
                Field("sentiment_ngrams", \.heads.sentimentNGrams, .integer(0...NGram.longest)),
            ])
    }
}

extension Initialisation {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("input", \.input, .choice),
                Field("recurrent", \.recurrent, .choice),
                Field("recurrent_scale", \.recurrentScale, .number(0...100)),
                Field("forget_bias", \.forgetBias, .number(-10...10)),
                Field("highway_bias", \.highwayBias, .number(-10...10)),
                Field("embedding", \.embedding, .number(0...10)),
            ])
    }
}

extension Recipe.NGrams {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("minimum", \.minimum, .integer(1...1_000_000)),
                Field("limit", \.limit, .integer(1...1_000_000)),
            ])
    }
}

extension Recipe.TextSource {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("files", \.files, .list(of: .path), isRequired: true),
                Field("documents", \.documents, .choice),
                Field("group", \.group, .integer(1...1_000_000)),
                Field("lanes", \.lanes, .integer(0...65_536)),
            ])
    }
}

extension Recipe.LabelledSource {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("files", \.files, .list(of: .path), isRequired: true),
                Field("text_column", optional: \.text, .column),
                Field("label_column", optional: \.label, .column),
                Field("labels", optional: \.rule, LabelRule.codec),
                Field("half", optional: \.half, .integer(0...1)),
                Field("joined", \.joined, .number(0...1)),
                Field("weight", \.weight, .number(0...1000)),
                Field("ngrams", \.ngrams, .flag),
                Field("lanes", \.lanes, .integer(0...65_536)),
            ])
    }
}

extension LabelRule {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(positive: [], negative: []),
            [
                Field("positive", \.positive, .list(of: .pattern), isRequired: true),
                Field("negative", \.negative, .list(of: .pattern), isRequired: true),
            ])
    }
}

extension Recipe.Window {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("steps", \.steps, .integer(1...100_000)),
                Field("jitter", \.jitter, .number(0...10_000)),
                Field("whole_texts", \.wholeTexts, .flag),
            ])
    }
}

extension DropoutRates {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("input", \.input, .rate), Field("between", \.between, .rate),
                Field("output", \.output, .rate), Field("weight", \.weight, .rate),
                Field("embedding", \.embedding, .rate),
            ])
    }
}

extension Recipe.Loss {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("next", \.weights.next, .number(0...1000)),
                Field("sentiment", \.weights.sentiment, .number(0...1000)),
                Field("every_token", \.sentiment.every, .number(0...1000)),
                Field("last_token", \.sentiment.last, .number(0...1000)),
                Field("label_smoothing", \.labelSmoothing, .rate),
            ])
    }
}

extension Recipe.OptimiserSettings {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        let adam: (Self) -> Bool = { $0.kind == .adamw }
        let onlyAdam = "but for kind \"adamw\""
        return .table(
            Self(),
            [
                Field("kind", \.kind, .choice),
                Field("learning_rate", \.learningRate, .number(1e-12...1000)),
                Field("sentiment_rate", \.sentimentRate, .number(1e-6...1e6)),
                Field("beta1", \.beta1, .rate, applies: adam, context: onlyAdam),
                Field("beta2", \.beta2, .rate, applies: adam, context: onlyAdam),
                Field("epsilon", \.epsilon, .number(1e-30...1), applies: adam, context: onlyAdam),
                Field(
                    "momentum", \.momentum, .rate, applies: { $0.kind != .adamw },
                    context: "for kind \"adamw\""),
                Field("weight_decay", \.weightDecay, .number(0...10)),
                Field("clip_norm", \.clipNorm, .number(1e-6...1e9), or: "none"),
                Field("clip_value", \.clipValue, .number(1e-6...1e9), or: "none"),
                Field("accumulate", \.accumulate, .integer(1...10_000)),
                Field(
                    "trigger", \.trigger, .integer(1...10_000), applies: { $0.kind == .asgd },
                    context: "but for kind \"asgd\""),
            ])
    }
}

extension Schedule {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        let plateau: (Self) -> Bool = { $0.kind == .plateau }
        let onlyPlateau = "but for kind \"plateau\""
        return .table(
            Self(),
            [
                Field("kind", \.kind, .choice),
                Field("warmup", \.warmup, .integer(0...1_000_000_000)),
                Field("final", \.final, .number(0...1)),
                Field(
                    "decay", \.decay, .number(0...1), applies: { $0.kind == .linear },
                    context: "but for kind \"linear\""),
                Field(
                    "factor", \.factor, .number(0.001...1), applies: plateau,
                    context: onlyPlateau),
                Field(
                    "patience", \.patience, .integer(1...10_000), applies: plateau,
                    context: onlyPlateau),
            ])
    }
}

extension Recipe.Length {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("steps", optional: \.steps, .integer(1...1_000_000_000)),
                Field("epochs", optional: \.epochs, .number(0.0001...1_000_000)),
            ])
    }
}

extension Recipe.Validation {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("text", \.texts, .list(of: Recipe.TextSource.codec)),
                Field("labelled", \.labelled, .list(of: Recipe.LabelledSource.codec)),
                Field("every", \.every, .integer(1...1_000_000_000)),
                Field("tokens", \.tokens, .integer(1000...1_000_000_000)),
                Field("patience", \.patience, .integer(0...10_000), or: "forever"),
            ])
    }
}

extension Recipe.Checkpoints {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("every", \.every, .integer(1...1_000_000_000)),
                Field("keep", \.keep, .integer(1...1000)),
            ])
    }
}

extension Recipe.Card {
    fileprivate static var codec: ConfigurationCodec<Self> {
        typealias Field = ConfigurationField<Self>
        return .table(
            Self(),
            [
                Field("title", \.title, .text(expecting: "a text", allowsEmpty: true)),
                Field("data", \.data, .text(expecting: "a text", allowsEmpty: true)),
                Field("licence", \.licence, .text(expecting: "a text", allowsEmpty: true)),
            ])
    }
}

extension ConfigurationCodec where Value == Double {
    fileprivate static var rate: Self { .number(0...0.9999) }
}

extension ConfigurationCodec where Value == String {
    fileprivate static var path: Self {
        .text(expecting: "the path of a file", allowsEmpty: false)
    }

    fileprivate static var column: Self {
        .text(expecting: "the name of a column", allowsEmpty: false)
    }
}

extension ConfigurationCodec where Value == LabelRule.Pattern {
    fileprivate static var pattern: Self {
        Self(
            expecting: "a label, or a bound such as \">0\"",
            read: { if case .text(let text) = $0 { LabelRule.Pattern(text) } else { nil } },
            encode: { .text($0.description) })
    }
}
