import Foundation
import Kernels
import Model
import Randomness
import Testing

@testable import Training

@Suite struct DiagnosisTests {
    @Test(arguments: [RecurrentCell.rnnTanh, .rnnReLU, .lstm, .gruResetAfter, .gruResetBefore])
    func anRNNLosesItsGradientAndAnLSTMKeepsIt(cell: RecurrentCell) {
        let flow = GradientFlow.untrained(cell: cell, hiddenSize: 32, recurrentScale: 0.5, lags: 60)
        switch cell {
        case .rnnTanh, .rnnReLU:
            #expect(flow.verdict == .vanishing)
            // A rotation times 0.5 halves the gradient at each step, and the slopes reduce it
            // further.
            #expect(flow.relative(10) <= 0.0011)
        case .lstm, .gruResetAfter, .gruResetBefore:
            #expect(flow.relative(10) > 0.002)
        }
    }

    @Test func aLinearNetworkMultipliesItsGradientByTheScale() {
        // A ReLU cell is linear if all units are active; here at most half of them are.
        let flow = GradientFlow.untrained(
            cell: .rnnReLU, hiddenSize: 32, recurrentScale: 4, lags: 40)
        #expect(flow.verdict == .exploding)
        #expect(flow.relative(40) > 1e3)
    }

    /// The gradient with respect to the state after a step equals finite differences with respect
    /// to the initial state of the rest of the text.
    @Test(arguments: [RecurrentCell.rnnTanh, .rnnReLU, .lstm, .gruResetAfter, .gruResetBefore])
    func theFlowIsThatOfFiniteDifferences(cell: RecurrentCell) {
        let config = cell.config(hiddenSize: 5, embeddingSize: 4, vocabularySize: 19)
        let pool = ThreadPool(threads: 1)
        let parameters = ParameterSet<Double>(config: config)
        SmallNetworks.randomise(parameters)
        var batch = MiniBatch(shape: BatchShape(steps: 6, lanes: 3))
        for row in 0..<batch.shape.rows {
            batch.tokens[row] = Int32(row * 7 % 19)
            batch.targets[row] = Int32(row * 5 % 19)
        }
        func network() -> UnrolledNetwork<Double> {
            let network = UnrolledNetwork(
                config: config, parameters: parameters, shape: batch.shape, pool: pool)
            network.pack()
            return network
        }
        let flow = network().gradientFlow(batch, pool: pool)[0]
        for lag in 1...4 {
            let reader = network()
            reader.forward(batch.part(0..<6 - lag))
            reader.carryState(batch.part(0..<6 - lag).shape)
            let rest = batch.part(6 - lag..<6)
            let norms = (0..<3).map { lane in
                var square = 0.0
                for state in reader.states {
                    for unit in 0..<5 {
                        let value = state.row(lane)[unit]
                        let losses = [1e-5, -1e-5].map { change in
                            state.row(lane)[unit] = value + change
                            return reader.lossAfterLastStep(of: rest)
                        }
                        state.row(lane)[unit] = value
                        let slope = (losses[0] - losses[1]) / 2e-5
                        square += slope * slope
                    }
                }
                return square.squareRoot()
            }
            let expected = norms.reduce(0, +) / 3
            #expect(abs(flow.norms[lag] - expected) < 1e-6 * expected, "lag \(lag)")
        }
    }

    /// The numbers that layers keep for each token, counted by hand, divided into two gigabytes.
    @Test func thereIsMemoryForSoManyTokens() {
        let config = SmallNetworks.smallConfig(layers: 2)
        let most = TrainedFlow.mostRows(of: config)
        let numbers = (20 * 5 + 2 * 4) + (20 * 5 + 2 * 5) + 2 * (4 + 5)
        #expect(most == (2 << 30) / (8 * numbers))
        var large = SmallNetworks.smallConfig(layers: 8, skip: .dense)
        large.hiddenSize = 16_384
        #expect(TrainedFlow.mostRows(of: large) < 300)
    }

    /// A ReLU unit that is never active is closed at every token.
    @Test func deadUnitsOfAReLUAreClosed() {
        let config = RecurrentCell.rnnReLU.config(
            hiddenSize: 10, embeddingSize: 4, vocabularySize: 19)
        let pool = ThreadPool(threads: 1)
        let parameters = ParameterSet<Double>(config: config)
        SmallNetworks.randomise(parameters)
        // Four units that are always below 0, and six that are always above it.
        parameters["rnn.bias_ih_l0"].values = (0..<10).map { $0 < 4 ? -1000 : 1000 }
        let batch = SmallNetworks.randomBatch(config, steps: 7, lanes: 2)
        let network = UnrolledNetwork(
            config: config, parameters: parameters, shape: batch.shape, pool: pool)
        network.pack()
        parameters["rnn.weight_hh_l0"].values = Array(repeating: 0, count: 100)
        network.pack()
        network.forward(batch)
        #expect(
            network.gateSaturation(batch.shape) == [
                GateSaturation(
                    layer: 0, gate: "hidden", closed: 0.4, open: 0, alwaysClosed: 0.4, alwaysOpen: 0
                )
            ])
    }

    @Test func clippingScalesTheWholeFlow() {
        let flow = GradientFlow(norms: [2, 4, 8], parameterNorm: 10)
        let clipped = flow.clipped(to: 1)
        #expect(clipped.norms == [0.2, 0.4, 0.8] && clipped.parameterNorm == 1)
        #expect(flow.clipped(to: 20) == flow)
    }

    @Test func theLagOfAThousandthIsWhereTheGradientStaysBelowIt() {
        let flow = GradientFlow(norms: [1, 1e-4, 0.5, 1e-4, 1e-5], parameterNorm: 1)
        #expect(flow.lagOfAThousandth == 3 && flow.verdict == .vanishing)
        #expect(GradientFlow(norms: [1, 1], parameterNorm: 1).lagOfAThousandth == nil)
    }

    @Test(arguments: MemoryTask.allCases)
    func tasksCanBeSolvedFromTheirTexts(task: MemoryTask) {
        var random = SeededRandom(seed: 1, purpose: "test")
        let batch = task.batch(length: 12, lanes: 5, random: &random)
        #expect(batch.tokens.allSatisfy { 0 <= $0 && $0 < Int32(task.vocabularySize) })
        for lane in 0..<5 {
            let rows = (0..<batch.shape.steps).map { $0 * 5 + lane }
            let targets = rows.map { batch.targets[$0] }.filter { $0 >= 0 }
            let tokens = rows.map { batch.tokens[$0] }
            switch task {
            case .adding:
                let marked = tokens.filter { (10..<20).contains($0) }.map { $0 - 10 }
                #expect(marked.count == 2 && targets == [21 + marked[0] + marked[1]])
            case .copy: #expect(targets == Array(tokens[..<5]))
            }
        }
    }

    @Test func aGRULearnsToRememberAndStopsWhenItIsTold() {
        var trial = MemoryTrial(task: .copy, length: 10, cell: .gruResetAfter)
        trial.hiddenSize = 32
        trial.steps = 250
        trial.learningRate = 1e-2
        let outcome = trial.run(pool: ThreadPool(threads: 1)) { _, _ in true }
        #expect(outcome.accuracy > 3 * MemoryTask.copy.chance)
        let stopped = trial.run(pool: ThreadPool(threads: 1)) { _, _ in false }
        #expect(stopped.solvedAt == nil && stopped.steps == 1)
    }

    /// The time scales of gates range from 1 to the number of steps; an LSTM's input gate is closed
    /// accordingly.
    @Test(arguments: [RecurrentCell.lstm, .gruResetAfter]) func gatesBeginOpen(cell: RecurrentCell)
    {
        let config = MemoryTrial(task: .copy, length: 10, cell: cell).config
        let (parameters, size) = (ParameterSet<Float>(config: config), config.hiddenSize)
        func bias(_ start: MemoryStart, length: Int) -> [Float] {
            start.fill(parameters, config: config, length: length, seed: 1)
            return parameters["rnn.bias_ih_l0"].values
        }
        let open = bias(MemoryStart(recurrent: .uniform), length: 40)
        let keeping = open[size..<2 * size]
        #expect(keeping.allSatisfy { (0...Float(log(40.0))).contains($0) })
        #expect(keeping.max() ?? 0 > 3 && keeping.min() ?? 9 < 2)
        let first = cell == .lstm ? keeping.map { -$0 } : Array(repeating: 0, count: size)
        #expect(Array(open[..<size]) == first)
        #expect(open[(2 * size)...].allSatisfy { $0 == 0 })
        let fixed = bias(MemoryStart(recurrent: .uniform, gateBias: 1), length: 40)
        #expect(fixed.filter { $0 != 0 } == Array(repeating: 1, count: size))
    }
}

extension MiniBatch {
    /// The mini-batch of some of its steps.
    fileprivate func part(_ steps: Range<Int>) -> MiniBatch {
        var part = MiniBatch(shape: BatchShape(steps: steps.count, lanes: shape.lanes))
        let rows = steps.lowerBound * shape.lanes..<steps.upperBound * shape.lanes
        part.tokens = Array(tokens[rows])
        part.targets = Array(targets[rows])
        return part
    }
}

extension UnrolledNetwork {
    /// The sum over lanes of the loss after the last step of a mini-batch.
    fileprivate func lossAfterLastStep(of batch: MiniBatch) -> Double {
        var batch = batch
        for row in 0..<batch.shape.row(batch.shape.steps - 1, 0) { batch.targets[row] = -1 }
        forward(batch)
        return backward(batch).tokens
    }
}
