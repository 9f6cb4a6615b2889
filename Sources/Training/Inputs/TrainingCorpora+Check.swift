extension TrainingCorpora {
    /// Lanes of the mini-batches that validation reads.
    static let validationLanes = 32

    /// The fewest tokens of a lane: one to read and one to predict.
    private static let leastTokensOfLane = 2

    /// Rejects sources with too few tokens for their lanes.
    package func check(_ recipe: Recipe) throws(TrainingError) {
        let files = recipe.texts.map(\.files) + recipe.labelled.map(\.files)
        if !recipe.window.wholeTexts {
            for (source, files) in zip(all, files) {
                try Self.check(source.tokens, files, lanes: source.lanes)
            }
        }
        if let validationText {
            try Self.check(
                validationText, recipe.validation.texts.flatMap(\.files),
                lanes: Self.validationLanes)
        }
    }

    private static func check(
        _ corpus: TokenCorpus, _ files: [String], lanes: Int
    ) throws(TrainingError) {
        let least = leastTokensOfLane * lanes
        guard corpus.tokens.count < least else { return }
        throw .file(
            files.joined(separator: ", "), found: "\(corpus.tokens.count) tokens",
            expected: "\(least) or more, \(leastTokensOfLane) for each of \(lanes) lanes")
    }
}
