package import Kernels
internal import Model
internal import Randomness

/// The gradient flow in an untrained network of one layer, over random tokens. In double precision,
/// since vanishing gradients soon underflow in single precision.
package struct UntrainedFlow: Sendable {
    private let cell: RecurrentCell
    private let hiddenSize: Int
    private let initialisation: Initialisation
    private let lags: Int
    private let seed: UInt64

    private static let lanes = 8
    private static let vocabulary = 64

    /// - Parameter recurrentScale: the factor on the random orthogonal matrices of `weight_hh`.
    package init(
        cell: RecurrentCell, hiddenSize: Int, recurrentScale: Double, forgetBias: Double = 1,
        lags: Int, seed: UInt64 = 1
    ) {
        self.cell = cell
        self.hiddenSize = hiddenSize
        self.lags = lags
        self.seed = seed
        var initialisation = Initialisation()
        initialisation.recurrentScale = recurrentScale
        initialisation.forgetBias = forgetBias
        initialisation.embedding = 1
        self.initialisation = initialisation
    }

    package func measure() -> GradientFlow {
        let config = cell.config(
            hiddenSize: hiddenSize, embeddingSize: hiddenSize, vocabularySize: Self.vocabulary)
        let parameters = ParameterSet<Double>(config: config)
        initialisation.fill(parameters, config: config, seed: seed)
        let shape = BatchShape(steps: lags + 1, lanes: Self.lanes)
        let pool = ThreadPool(threads: 1)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, pool: pool)
        var batch = MiniBatch(shape: shape)
        var random = SeededRandom(seed: seed, purpose: "untrained flow")
        let tokens = 0..<Int32(Self.vocabulary)
        for row in 0..<shape.rows {
            batch.tokens[row] = Int32.random(in: tokens, using: &random)
            batch.targets[row] = Int32.random(in: tokens, using: &random)
        }
        network.pack()
        return network.gradientFlow(batch, pool: pool)[0]
    }
}
