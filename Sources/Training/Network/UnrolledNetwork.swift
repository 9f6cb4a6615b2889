internal import Kernels
package import Model

/// A network unrolled over a mini-batch of truncated back-propagation through time: embedding,
/// layers and heads, forward and backward.
///
/// The forward pass computes the same sums as serving does; only the elementwise arithmetic of the
/// gates may differ in the last bit. Results do not depend on the number of threads.
package final class UnrolledNetwork<Scalar: TrainingScalar>: Sendable {
    package let config: ModelConfig
    package let parameters: ParameterSet<Scalar>
    /// The shape of the longest mini-batch.
    package let shape: BatchShape
    let dropout: DropoutRates
    let seed: UInt64

    let layers: [UnrolledLayer<Scalar>]
    let embedding: Parameter<Scalar>
    let vocabulary: VocabularyLoss<Scalar>?
    let sentiment: SentimentLoss<Scalar>?
    /// `[rows, E]`: the embeddings after embedding dropout. `[rows, W]`: the features that the
    /// heads read.
    let embedded: Matrix<Scalar>
    let embeddedGradient: Matrix<Scalar>
    let features: Matrix<Scalar>
    let featuresGradient: Matrix<Scalar>
    let outputMask: Matrix<Scalar>
    let workers: Workers<Scalar>

    package init(
        config: ModelConfig, parameters: ParameterSet<Scalar>, shape: BatchShape, pool: ThreadPool,
        dropout: DropoutRates = DropoutRates(), labelSmoothing: Double = 0, seed: UInt64 = 0
    ) {
        self.dropout = dropout
        self.seed = seed
        self.config = config
        self.parameters = parameters
        self.shape = shape
        workers = Workers(pool)
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
            ? SentimentLoss(config: config, parameters: parameters, shape: shape) : nil
        embedded = Matrix(rows: shape.rows, columns: embedding.value.columns)
        embeddedGradient = Matrix(rows: shape.rows, columns: embedding.value.columns)
        let width = config.directions * Kernels.paddedSize(config.hiddenSize)
        features = Matrix(rows: shape.rows, columns: width)
        featuresGradient = Matrix(rows: shape.rows, columns: width)
        outputMask = Matrix(rows: shape.lanes, columns: width)
    }
}

extension UnrolledNetwork {
    /// Zeroes the states of all lanes.
    package func clearState() {
        forEachDirection { $0.clearState() }
        sentiment?.pooling?.clearState()
    }

    /// Carries the final states over to the next mini-batch. A reverse direction always begins at
    /// zero.
    package func carryState(_ shape: BatchShape) {
        forEachDirection { if !$0.isReverse { $0.carryState(shape) } }
        sentiment?.pooling?.carryState(shape)
    }

    /// The states between two mini-batches, `[lanes, H]` by layer: h and, for an LSTM, c; then the
    /// sums of pooling.
    package var states: [Matrix<Scalar>] {
        layers.flatMap { layer -> [Matrix<Scalar>] in
            let forward = layer.directions[0]
            return config.cell == .lstm
                ? [forward.initialHidden, forward.initialCell] : [forward.initialHidden]
        } + [sentiment?.pooling?.initial].compactMap { $0 }
    }

    private func forEachDirection(_ body: (RecurrentDirection<Scalar>) -> Void) {
        for layer in layers { layer.directions.forEach(body) }
    }

    /// Packs the current parameters for the products, after the weight dropout of this step.
    package func pack(step: Int? = nil) {
        let pool = workers.pool
        let source = step.map { DropoutSource(rates: dropout, seed: seed, step: $0) }
        for layer in layers {
            for (number, direction) in layer.directions.enumerated() {
                direction.weights.pack(pool, dropout: source?.weights(layer.index, number))
            }
            layer.skip.pack(pool)
        }
        vocabulary?.pack(pool)
    }
}

extension UnrolledNetwork where Scalar == Float {
    /// The first layer whose output in the latest mini-batch is not finite.
    func firstLayerNotFinite() -> Int? {
        layers.first { layer in
            let numbers = layer.output.all
            return (0..<numbers.count).contains { !numbers[$0].isFinite }
        }?.index
    }
}
