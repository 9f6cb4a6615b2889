internal import Kernels
package import Model

/// A network unrolled over a window of truncated back-propagation through time: embedding, layers,
/// heads, forward and backward.
///
/// The forward pass is the one that serves, sum by sum; only the gates' elementwise arithmetic may
/// differ in the last bit. Results do not depend on the number of threads.
package final class UnrolledNetwork<Scalar: TrainingScalar>: Sendable {
    package let config: ModelConfig
    package let parameters: ParameterSet<Scalar>
    /// The longest window.
    package let shape: WindowShape
    private let dropout: DropoutRates
    private let seed: UInt64

    let layers: [UnrolledLayer<Scalar>]
    private let embedding: Parameter<Scalar>
    private let vocabulary: VocabularyLoss<Scalar>?
    private let sentiment: SentimentLoss<Scalar>?
    /// `[rows, E]`: the embedding's vectors, word dropout applied, and `[rows, W]`: what the heads
    /// read.
    private let embedded: Matrix<Scalar>
    private let embeddedGradient: Matrix<Scalar>
    let features: Matrix<Scalar>
    let featuresGradient: Matrix<Scalar>
    private let outputMask: Matrix<Scalar>
    private let workers: Workers<Scalar>

    package init(
        config: ModelConfig, parameters: ParameterSet<Scalar>, shape: WindowShape, team: Team,
        dropout: DropoutRates = DropoutRates(), labelSmoothing: Double = 0, seed: UInt64 = 0
    ) {
        self.dropout = dropout
        self.seed = seed
        self.config = config
        self.parameters = parameters
        self.shape = shape
        workers = Workers(team)
        embedding = parameters["embedding.weight"]
        layers = (0..<config.layers).map {
            UnrolledLayer(index: $0, config: config, parameters: parameters, shape: shape)
        }
        vocabulary =
            config.heads.next
            ? VocabularyLoss(
                config: config, parameters: parameters, smoothing: labelSmoothing, shape: shape)
            : nil
        sentiment =
            config.heads.sentiment
            ? SentimentLoss(config: config, parameters: parameters) : nil
        embedded = Matrix(rows: shape.rows, columns: embedding.value.columns)
        embeddedGradient = Matrix(rows: shape.rows, columns: embedding.value.columns)
        let width = config.directions * paddedSize(config.hiddenSize)
        features = Matrix(rows: shape.rows, columns: width)
        featuresGradient = Matrix(rows: shape.rows, columns: width)
        outputMask = Matrix(rows: shape.lanes, columns: width)
    }
}

extension UnrolledNetwork {
    /// Forgets what earlier windows left in the lanes.
    package func clearState() { forEachDirection { $0.clearState() } }

    /// Makes the states at the window's end those that the next begins with; those of a reverse
    /// direction begin at zero.
    package func carryState(_ shape: WindowShape) {
        forEachDirection { if !$0.isReverse { $0.carryState(shape) } }
    }

    /// The states between two windows, `[lanes, H]` by layer: h and, for an LSTM, c.
    package var states: [Matrix<Scalar>] {
        layers.flatMap { layer -> [Matrix<Scalar>] in
            let forward = layer.directions[0]
            return config.cell == .lstm
                ? [forward.initialHidden, forward.initialCell] : [forward.initialHidden]
        }
    }

    private func forEachDirection(_ body: (RecurrentDirection<Scalar>) -> Void) {
        for layer in layers { layer.directions.forEach(body) }
    }

    /// Brings the layouts that products read up to date with the parameters, dropping weights for
    /// this step where the rates say so.
    package func pack(step: Int? = nil) {
        let team = workers.team
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        for layer in layers {
            for (number, direction) in layer.directions.enumerated() {
                direction.weights.pack(team, dropout: source?.weights(layer.index, number))
            }
            layer.skip.pack(team)
        }
        vocabulary?.pack(team)
    }
}

extension UnrolledNetwork {
    /// Reads a window, after `pack`. A `step` of training draws the masks of dropout; without one
    /// nothing is dropped.
    package func forward(_ window: WindowPlan, step: Int? = nil) {
        precondition(window.shape.lanes == shape.lanes && window.shape.steps <= shape.steps)
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        embed(window, source)
        for layer in layers {
            gatherInput(layer, window, inputMask(layer, source))
            layer.forward(window, workers)
        }
        let mask = source?.mask("output dropout", rate: dropout.output, outputMask)
        workers.team.split(window.shape.rows) { rows, _ in
            for row in rows {
                features.row(row).copy(layers[layers.count - 1].output.row(row))
                features.row(row).multiply(by: mask?.row(row % shape.lanes))
            }
        }
    }

    private func embed(_ window: WindowPlan, _ source: DropoutSource?) {
        workers.team.split(window.shape.rows) { rows, _ in
            for row in rows {
                let word = Int(window.tokens[row])
                let vector = embedded.row(row)
                vector.copy(embedding.value.row(word))
                guard let source, source.rates.embedding > 0 else { continue }
                vector.scale(by: source.factor(ofWord: word))
            }
        }
    }

    private func inputMask(
        _ layer: UnrolledLayer<Scalar>, _ source: DropoutSource?
    ) -> Matrix<Scalar>? {
        let rate = layer.index == 0 ? dropout.input : dropout.between
        return source?.mask("input dropout", layer.index, rate: rate, layer.mask)
    }

    /// What a layer reads: the embedding, the layer below, or all of them side by side.
    private func gatherInput(
        _ layer: UnrolledLayer<Scalar>, _ window: WindowPlan, _ mask: Matrix<Scalar>?
    ) {
        workers.team.split(window.shape.rows) { rows, _ in
            for row in rows {
                let target = layer.input.row(row)
                for (source, place) in sources(of: layer) {
                    target.part(place, source.columns).copy(source.row(row))
                }
                target.multiply(by: mask?.row(row % shape.lanes))
            }
        }
    }

    /// Matrices that a layer reads and where they go in its input.
    private func sources(of layer: UnrolledLayer<Scalar>) -> [(Matrix<Scalar>, Int)] {
        placed(layer, embedded) { $0.output }
    }

    private func placed(
        _ layer: UnrolledLayer<Scalar>, _ first: Matrix<Scalar>,
        _ part: (UnrolledLayer<Scalar>) -> Matrix<Scalar>
    ) -> [(Matrix<Scalar>, Int)] {
        if layer.index == 0 { return [(first, 0)] }
        guard config.skip == .dense else { return [(part(layers[layer.index - 1]), 0)] }
        var place = 0
        return ([first] + layers[..<layer.index].map(part)).map { matrix in
            defer { place += matrix.columns }
            return (matrix, place)
        }
    }
}

/// What a window's losses are, in nats.
package struct WindowLoss: Codable, Sendable, Equatable {
    /// Sum of the next tokens' cross-entropies, and how many they are.
    package var tokens = 0.0
    package var tokenCount = 0
    /// Weighted sum of the sentiments' cross-entropies, and their weights.
    package var sentiment = 0.0
    package var sentimentWeight = 0.0

    package init() {}
}

/// How much the two heads' mean losses count.
package struct LossWeights: Sendable, Equatable {
    package var next: Double
    package var sentiment: Double

    package init(next: Double = 1, sentiment: Double = 1) {
        self.next = next
        self.sentiment = sentiment
    }
}

extension UnrolledNetwork {
    /// The losses of the window just read.
    package func loss(_ window: WindowPlan) -> WindowLoss {
        heads(window, scales: (nil, nil))
    }

    /// The losses of the window just read. Adds the gradient of their means, weighted, to the
    /// parameters'; `scale` multiplies it (1 / n to accumulate over n windows).
    @discardableResult
    package func backward(
        _ window: WindowPlan, weights: LossWeights = LossWeights(), scale: Double = 1,
        step: Int? = nil
    ) -> WindowLoss {
        let count = window.targets.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        let sentimentWeight = window.sentiments.reduce(0) { $0 + $1.weight }
        featuresGradient.row(0, count: window.shape.rows).fill(0)
        let loss = heads(
            window,
            scales: (
                count > 0 ? scale * weights.next / Double(count) : nil,
                sentimentWeight > 0 ? scale * weights.sentiment / sentimentWeight : nil
            ))
        backwardFromFeatures(window, step: step)
        return loss
    }

    private func heads(_ window: WindowPlan, scales: (Double?, Double?)) -> WindowLoss {
        var loss = WindowLoss()
        loss.tokenCount = window.targets.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }
        loss.sentimentWeight = window.sentiments.reduce(0) { $0 + $1.weight }
        if loss.tokenCount > 0, let vocabulary {
            loss.tokens = vocabulary.run(
                features, gradient: featuresGradient, scale: scales.0, window, workers)
        }
        if let sentiment {
            loss.sentiment = sentiment.run(
                features, gradient: featuresGradient, scale: scales.1, window)
        }
        return loss
    }

    /// The likeliest token of each of the window's rows that has a target.
    func bestTokens(_ window: WindowPlan) -> [(row: Int, token: Int32)] {
        vocabulary?.best(features, window, workers) ?? []
    }

    /// The sentiment logit of each of the window's targets.
    package func sentimentLogits(_ window: WindowPlan) -> [Double] {
        sentiment?.logits(features, window) ?? []
    }

    /// From `featuresGradient` down to the embedding.
    private func backwardFromFeatures(_ window: WindowPlan, step: Int?) {
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        let rows = window.shape.rows
        embeddedGradient.row(0, count: rows).fill(0)
        for layer in layers { layer.outputGradient.row(0, count: rows).fill(0) }
        takeFeaturesGradient(window, dropped: source != nil && dropout.output > 0)
        for layer in layers.reversed() {
            layer.backward(window, workers)
            scatterInputGradient(
                layer, window,
                dropped: source != nil && (layer.index == 0 ? dropout.input : dropout.between) > 0)
            dropWeightGradients(layer, source)
        }
        addEmbeddingGradient(window, source)
    }

    private func takeFeaturesGradient(_ window: WindowPlan, dropped: Bool) {
        let top = layers[layers.count - 1].outputGradient
        workers.team.split(window.shape.rows) { rows, _ in
            for row in rows {
                top.row(row).copy(featuresGradient.row(row))
                top.row(row).multiply(by: dropped ? outputMask.row(row % shape.lanes) : nil)
            }
        }
    }

    private func scatterInputGradient(
        _ layer: UnrolledLayer<Scalar>, _ window: WindowPlan, dropped: Bool
    ) {
        let targets = placed(layer, embeddedGradient) { $0.outputGradient }
        workers.team.split(window.shape.rows) { rows, _ in
            for row in rows {
                let gradient = layer.inputGradient.row(row)
                gradient.multiply(by: dropped ? layer.mask.row(row % shape.lanes) : nil)
                for (target, place) in targets {
                    target.row(row).add(gradient.part(place, target.columns))
                }
            }
        }
    }

    private func dropWeightGradients(_ layer: UnrolledLayer<Scalar>, _ source: DropoutSource?) {
        for (number, direction) in layer.directions.enumerated() {
            guard let dropout = source?.weights(layer.index, number) else { continue }
            let gradient = direction.weights.hidden.gradient
            workers.team.split(gradient.rows) { rows, _ in
                for row in rows { dropout.apply(row, to: gradient.row(row)) }
            }
        }
    }

    /// Rows of the same word are added in order, so threads share out the columns.
    private func addEmbeddingGradient(_ window: WindowPlan, _ source: DropoutSource?) {
        workers.team.split(embedded.columns, grain: 16) { columns, _ in
            for row in 0..<window.shape.rows {
                let word = Int(window.tokens[row])
                let factor: Scalar = source?.factor(ofWord: word) ?? 1
                let gradient = embeddedGradient.row(row).part(columns.lowerBound, columns.count)
                let target = embedding.gradient.row(word).part(columns.lowerBound, columns.count)
                for i in 0..<columns.count { target[i] += factor * gradient[i] }
            }
        }
    }
}

extension UnrolledNetwork where Scalar == Float {
    /// The first layer whose output in the latest window is not finite.
    func firstLayerNotFinite() -> Int? {
        layers.first { layer in
            let numbers = layer.output.all
            return (0..<numbers.count).contains { !numbers[$0].isFinite }
        }?.index
    }
}
