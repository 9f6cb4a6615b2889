internal import Model
package import StrictTOML

/// Every key of a recipe. `deploy/recipes/README.md` explains them.
extension Recipe {
    package static var codec: ConfigurationCodec<Recipe> {
        return .table(
            Recipe(),
            [
                .init("seed", \.seed, .integer(0...UInt64(Int.max))),
                .init("tokenizer", \.tokenizer, .path, or: "bytes"),
                .init("start", optional: \.start, .path),
                .init("network", \.network, ModelConfig.codec, isRequired: true),
                .init("initialisation", \.initialisation, Initialisation.codec),
                .init("ngrams", \.ngrams, NGrams.codec),
                .init("text", \.texts, .list(of: TextSource.codec)),
                .init("labelled", \.labelled, .list(of: LabelledSource.codec)),
                .init("window", \.window, Window.codec),
                .init("dropout", \.dropout, DropoutRates.codec),
                .init("loss", \.loss, Loss.codec),
                .init("optimiser", \.optimiser, OptimiserSettings.codec),
                .init("schedule", \.schedule, Schedule.codec),
                .init("length", \.length, Length.codec, isRequired: true),
                .init("validation", \.validation, Validation.codec),
                .init("checkpoints", \.checkpoints, Checkpoints.codec),
                .init("card", \.card, Card.codec),
            ])
    }
}

extension ModelConfig {
    /// The keys of a config.json, except those of the tokenizer, which the recipe's `tokenizer`
    /// determines.
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Recipe().network,
            [
                .init("cell", \.cell, .choice, isRequired: true),
                .init(
                    "activation", \.activation, .choice, applies: { $0.cell == .rnn },
                    context: "but for cell \"rnn\""),
                .init(
                    "reset_gate", \.resetGate, .choice, applies: { $0.cell == .gru },
                    context: "but for cell \"gru\""),
                .init("layers", \.layers, .integer(layerRange)),
                .init("skip", \.skip, .choice),
                .init("bidirectional", \.bidirectional, .flag),
                .init("embedding_size", \.embeddingSize, .integer(sizeRange)),
                .init("hidden_size", \.hiddenSize, .integer(sizeRange)),
                .init("tie_weights", \.tieWeights, .flag),
                .init(
                    "start_token", optional: \.startToken, .integer(0...vocabularyRange.upperBound)),
                .init("separator", \.separator, .text(expecting: "a text", allowsEmpty: true)),
                .init("next", \.heads.next, .flag),
                .init("sentiment", \.heads.sentiment, .flag),
                .init("sentiment_pooling", \.heads.sentimentPooling, .choice),
                .init("sentiment_ngrams", \.heads.sentimentNGrams, .integer(0...NGram.longest)),
            ])
    }
}

extension Initialisation {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("input", \.input, .choice),
                .init("recurrent", \.recurrent, .choice),
                .init("recurrent_scale", \.recurrentScale, .number(0...100)),
                .init("forget_bias", \.forgetBias, .number(-10...10)),
                .init("highway_bias", \.highwayBias, .number(-10...10)),
                .init("embedding", \.embedding, .number(0...10)),
            ])
    }
}

extension Recipe.NGrams {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("minimum", \.minimum, .integer(1...1_000_000)),
                .init("limit", \.limit, .integer(1...1_000_000)),
            ])
    }
}

extension Recipe.TextSource {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("files", \.files, .list(of: .path), isRequired: true),
                .init("documents", \.documents, .choice),
                .init("group", \.group, .integer(1...1_000_000)),
                .init("lanes", \.lanes, .integer(0...65_536)),
            ])
    }
}

extension Recipe.LabelledSource {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("files", \.files, .list(of: .path), isRequired: true),
                .init("text_column", optional: \.text, .column),
                .init("label_column", optional: \.label, .column),
                .init("labels", optional: \.rule, LabelRule.codec),
                .init("half", optional: \.half, .integer(0...1)),
                .init("joined", \.joined, .number(0...1)),
                .init("weight", \.weight, .number(0...1000)),
                .init("ngrams", \.ngrams, .flag),
                .init("lanes", \.lanes, .integer(0...65_536)),
            ])
    }
}

extension LabelRule {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(positive: [], negative: []),
            [
                .init("positive", \.positive, .list(of: .pattern), isRequired: true),
                .init("negative", \.negative, .list(of: .pattern), isRequired: true),
            ])
    }
}

extension Recipe.Window {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("steps", \.steps, .integer(1...100_000)),
                .init("jitter", \.jitter, .number(0...10_000)),
                .init("whole_texts", \.wholeTexts, .flag),
            ])
    }
}

extension DropoutRates {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("input", \.input, .rate), .init("between", \.between, .rate),
                .init("output", \.output, .rate), .init("weight", \.weight, .rate),
                .init("embedding", \.embedding, .rate),
            ])
    }
}

extension Recipe.Loss {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("next", \.weights.next, .number(0...1000)),
                .init("sentiment", \.weights.sentiment, .number(0...1000)),
                .init("every_token", \.sentiment.every, .number(0...1000)),
                .init("last_token", \.sentiment.last, .number(0...1000)),
                .init("label_smoothing", \.labelSmoothing, .rate),
            ])
    }
}

extension Recipe.OptimiserSettings {
    fileprivate static var codec: ConfigurationCodec<Self> {
        let adam: (Self) -> Bool = { $0.kind == .adamw }
        let onlyAdam = "but for kind \"adamw\""
        return .table(
            Self(),
            [
                .init("kind", \.kind, .choice),
                .init("learning_rate", \.learningRate, .number(1e-12...1000)),
                .init("sentiment_rate", \.sentimentRate, .number(1e-6...1e6)),
                .init("beta1", \.beta1, .rate, applies: adam, context: onlyAdam),
                .init("beta2", \.beta2, .rate, applies: adam, context: onlyAdam),
                .init("epsilon", \.epsilon, .number(1e-30...1), applies: adam, context: onlyAdam),
                .init(
                    "momentum", \.momentum, .rate, applies: { $0.kind != .adamw },
                    context: "for kind \"adamw\""),
                .init("weight_decay", \.weightDecay, .number(0...10)),
                .init("clip_norm", \.clipNorm, .number(1e-6...1e9), or: "none"),
                .init("clip_value", \.clipValue, .number(1e-6...1e9), or: "none"),
                .init("accumulate", \.accumulate, .integer(1...10_000)),
                .init(
                    "trigger", \.trigger, .integer(1...10_000), applies: { $0.kind == .asgd },
                    context: "but for kind \"asgd\""),
            ])
    }
}

extension Schedule {
    fileprivate static var codec: ConfigurationCodec<Self> {
        let plateau: (Self) -> Bool = { $0.kind == .plateau }
        let onlyPlateau = "but for kind \"plateau\""
        return .table(
            Self(),
            [
                .init("kind", \.kind, .choice),
                .init("warmup", \.warmup, .integer(0...1_000_000_000)),
                .init("final", \.final, .number(0...1)),
                .init(
                    "decay", \.decay, .number(0...1), applies: { $0.kind == .linear },
                    context: "but for kind \"linear\""),
                .init(
                    "factor", \.factor, .number(0.001...1), applies: plateau,
                    context: onlyPlateau),
                .init(
                    "patience", \.patience, .integer(1...10_000), applies: plateau,
                    context: onlyPlateau),
            ])
    }
}

extension Recipe.Length {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("steps", optional: \.steps, .integer(1...1_000_000_000)),
                .init("epochs", optional: \.epochs, .number(0.0001...1_000_000)),
            ])
    }
}

extension Recipe.Validation {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("text", \.texts, .list(of: Recipe.TextSource.codec)),
                .init("labelled", \.labelled, .list(of: Recipe.LabelledSource.codec)),
                .init("every", \.every, .integer(1...1_000_000_000)),
                .init("tokens", \.tokens, .integer(1000...1_000_000_000)),
                .init("patience", \.patience, .integer(0...10_000), or: "forever"),
            ])
    }
}

extension Recipe.Checkpoints {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("every", \.every, .integer(1...1_000_000_000)),
                .init("keep", \.keep, .integer(1...1000)),
            ])
    }
}

extension Recipe.Card {
    fileprivate static var codec: ConfigurationCodec<Self> {
        return .table(
            Self(),
            [
                .init("title", \.title, .text(expecting: "a text", allowsEmpty: true)),
                .init("data", \.data, .text(expecting: "a text", allowsEmpty: true)),
                .init("licence", \.licence, .text(expecting: "a text", allowsEmpty: true)),
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
