import Model
import Randomness
import Testing

@testable import Training

/// Single precision with kernels, compared with double precision in loops.
@Suite struct PrecisionTests {
    @Test(arguments: SmallNetworks.everyConfig.indices)
    func singleAndDoublePrecisionAgree(index: Int) {
        let (name, config) = SmallNetworks.everyConfig[index]
        let (single, singleLoss) = gradients(config, Float.self, threads: 2)
        let (double, doubleLoss) = gradients(config, Double.self, threads: 1)
        #expect(
            abs(singleLoss.tokens - doubleLoss.tokens) < 1e-4 * (1 + doubleLoss.tokens), "\(name)")
        #expect(abs(singleLoss.sentiment - doubleLoss.sentiment) < 1e-4, "\(name)")
        for (parameter, (x, y)) in zip(ParameterSet<Float>(config: config).all, zip(single, double))
        {
            let largest = y.map(abs).max() ?? 0
            for (a, b) in zip(x, y) {
                #expect(abs(Double(a) - b) < 1e-5 * (1 + largest), "\(name): \(parameter.name)")
            }
        }
    }

    @Test(arguments: SmallNetworks.everyConfig.indices)
    func threadsChangeNoBit(index: Int) {
        let (name, config) = SmallNetworks.everyConfig[index]
        let (one, oneLoss) = gradients(config, Float.self, threads: 1, lanes: 13)
        for threads in [2, 3, 5] {
            let (many, loss) = gradients(config, Float.self, threads: threads, lanes: 13)
            #expect(loss == oneLoss, "\(name)")
            #expect(many == one, "\(name) with \(threads) threads")
        }
    }

    private func gradients<Scalar: TrainingScalar>(
        _ config: ModelConfig, _: Scalar.Type, threads: Int, lanes: Int = 7
    ) -> ([[Scalar]], BatchLoss) {
        let parameters = ParameterSet<Scalar>(config: config)
        // Random Floats, so that both precisions have the same values.
        for parameter in parameters.all {
            var random = SeededRandom(seed: 3, purpose: parameter.name)
            parameter.values = (0..<parameter.spec.count).map { _ in
                Scalar(Float(random.uniform() - 0.5))
            }
        }
        let pool = ThreadPool(threads: threads)
        let shape = BatchShape(steps: 9, lanes: lanes)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: shape, pool: pool)
        network.pack()
        var loss = BatchLoss()
        for seed in 1...2 as ClosedRange<UInt64> {
            let batch = SmallNetworks.randomBatch(config, steps: 9, lanes: lanes, seed: seed)
            network.forward(batch)
            loss = network.backward(batch)
            network.carryState(batch.shape)
        }
        return (parameters.all.map(\.gradients), loss)
    }
}
