package import Kernels
internal import Model
internal import Randomness

extension GradientFlow {
    /// The flow in an untrained network of one layer, over random tokens. In double precision,
    /// since vanishing gradients soon underflow in single precision.
    ///
    /// - Parameter recurrentScale: the factor on the random orthogonal matrices of `weight_hh`.
    package static func untrained(
        cell: RecurrentCell, hiddenSize: Int, recurrentScale: Double, forgetBias: Double = 1,
        lags: Int, seed: UInt64 = 1
    ) -> GradientFlow {
        let tokens = 0..<Int32(64)
        let config = cell.config(
            hiddenSize: hiddenSize, embeddingSize: hiddenSize, vocabularySize: tokens.count)
        var initialisation = Initialisation()
        initialisation.recurrentScale = recurrentScale
        initialisation.forgetBias = forgetBias
        initialisation.embedding = 1
        let parameters = ParameterSet<Double>(config: config)
        initialisation.fill(parameters, config: config, seed: seed)
        var batch = MiniBatch(shape: BatchShape(steps: lags + 1, lanes: 8))
        var random = SeededRandom(seed: seed, purpose: "untrained flow")
        for row in 0..<batch.shape.rows {
            batch.tokens[row] = Int32.random(in: tokens, using: &random)
            batch.targets[row] = Int32.random(in: tokens, using: &random)
        }
        let pool = ThreadPool(threads: 1)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: batch.shape, pool: pool)
        network.pack()
        return network.gradientFlow(batch, pool: pool)[0]
    }
}
