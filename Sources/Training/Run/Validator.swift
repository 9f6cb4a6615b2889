internal import Glibc
internal import Model

/// Validates the network on held-out texts, without dropout.
final class Validator {
    private let network: UnrolledNetwork<Float>
    private let recipe: Recipe
    private let corpora: TrainingCorpora
    /// The log-odds that n-grams give each labelled text.
    private let known: [Double]?
    private static let lanes = TrainingCorpora.validationLanes

    init(
        _ recipe: Recipe, _ corpora: TrainingCorpora, parameters: ParameterSet<Float>,
        pool: ThreadPool
    ) {
        let texts = corpora.validationLabelled ?? TokenCorpus()
        known = corpora.ngrams.map { ngrams in
            (0..<texts.count).map { Double(ngrams.logit(texts.text($0, of: recipe.network))) }
        }
        self.recipe = recipe
        self.corpora = corpora
        network = UnrolledNetwork(
            config: recipe.network, parameters: parameters,
            shape: BatchShape(
                steps: recipe.window.wholeTexts ? recipe.window.steps : 32, lanes: Self.lanes),
            pool: pool)
    }

    func run(isStopped: () -> Bool) -> ValidationResult? {
        var result = ValidationResult()
        network.pack()
        if let text = corpora.validationText {
            guard addText(text, to: &result, isStopped: isStopped) else { return nil }
        }
        if let labelled = corpora.validationLabelled {
            guard addLabelled(labelled, to: &result, isStopped: isStopped) else { return nil }
        }
        return result
    }

    /// One epoch in long lanes. The first tokens of a lane lack the context before them.
    private func addText(
        _ text: TokenCorpus, to result: inout ValidationResult, isStopped: () -> Bool
    ) -> Bool {
        var reader = LaneReader(
            text, lanes: 0..<Self.lanes, seed: 0,
            startToken: recipe.network.startToken.map { Int32($0) })
        network.clearState()
        var (loss, count) = (0.0, 0)
        for batch in batches(upTo: reader.laneLength) {
            var plan = MiniBatch(shape: BatchShape(steps: batch, lanes: Self.lanes))
            reader.fill(&plan)
            network.forward(plan)
            let found = network.loss(plan)
            network.carryState(plan.shape)
            loss += found.tokens
            count += found.tokenCount
            if isStopped() { return false }
        }
        let nats = loss / Double(max(1, count))
        let bits = nats / log(2)
        result.nats = nats
        result.bitsPerToken = bits
        result.perplexity = exp(nats)
        let tokensOfText = text.tokens.count - (recipe.network.startToken == nil ? 0 : text.count)
        result.bitsPerByte = bits * Double(tokensOfText) / Double(max(1, text.byteCount))
        return true
    }

    private func batches(upTo length: Int) -> [Int] {
        stride(from: 0, to: length, by: network.shape.steps).map {
            min(network.shape.steps, length - $0)
        }
    }

    private func addLabelled(
        _ texts: TokenCorpus, to result: inout ValidationResult, isStopped: () -> Bool
    ) -> Bool {
        var tally = SentimentTally()
        let isDone =
            recipe.window.wholeTexts
            ? readWhole(texts, &tally, isStopped) : readLanes(texts, &tally, isStopped)
        result.sentimentLoss = tally.loss / Double(max(1, tally.count))
        result.accuracy = Double(tally.right) / Double(max(1, tally.count))
        return isDone
    }

    private func readWhole(
        _ texts: TokenCorpus, _ tally: inout SentimentTally, _ isStopped: () -> Bool
    ) -> Bool {
        var reader = MessageReader(
            texts, lanes: 0..<Self.lanes, longest: recipe.window.steps, seed: 0)
        for _ in 0..<reader.batchCount {
            var plan = MiniBatch(shape: BatchShape(steps: reader.nextSteps(), lanes: Self.lanes))
            reader.fill(&plan)
            read(plan, &tally)
            if isStopped() { return false }
        }
        return true
    }

    private func readLanes(
        _ texts: TokenCorpus, _ tally: inout SentimentTally, _ isStopped: () -> Bool
    ) -> Bool {
        let lanes = LabelledLanes(texts, lanes: Self.lanes, known: known)
        network.clearState()
        for (first, steps) in lanes.batches(of: network.shape.steps) {
            let plan = lanes.batch(first: first, steps: steps)
            read(plan, &tally)
            network.carryState(plan.shape)
            if isStopped() { return false }
        }
        return true
    }

    private func read(_ plan: MiniBatch, _ tally: inout SentimentTally) {
        network.forward(plan)
        for (target, logit) in zip(plan.sentiments, network.sentimentLogits(plan)) {
            tally.add(logit: logit, positive: target.positive)
        }
    }
}

/// The loss and the accuracy of the sentiment at the last tokens of texts.
struct SentimentTally {
    private(set) var loss = 0.0
    private(set) var right = 0
    private(set) var count = 0

    mutating func add(logit: Double, positive: Double) {
        loss += crossEntropy(logit: logit, positive: positive)
        if (logit > 0) == (positive > 0.5) { right += 1 }
        count += 1
    }
}
