import Model
import Testing
import Training

@Suite struct DiagnosisTests {
    /// The derivative of the loss with respect to a state is that of finite differences of the
    /// initial state.
    @Test(arguments: [TrainedCell.rnnTanh, .rnnReLU, .lstm, .gruResetAfter, .gruResetBefore])
    func anRNNLosesItsGradientAndAnLSTMKeepsIt(cell: TrainedCell) {
        let flow = UntrainedFlow(cell: cell, hiddenSize: 32, recurrentScale: 0.5, lags: 60)
            .measure()
        switch cell {
        case .rnnTanh, .rnnReLU:
            #expect(flow.verdict == .vanishing)
            // A rotation times 0.5 halves a gradient at each step, and slopes make it smaller.
            #expect(flow.relative(10) <= 0.0011)
        case .lstm, .gruResetAfter, .gruResetBefore:
            #expect(flow.relative(10) > 0.002)
        }
    }

    @Test func aLinearNetworkMultipliesItsGradientByTheScale() {
        // ReLU cells whose units are all active are linear; here half of them are, at most.
        let flow = UntrainedFlow(cell: .rnnReLU, hiddenSize: 32, recurrentScale: 4, lags: 40)
            .measure()
        #expect(flow.verdict == .exploding)
        #expect(flow.relative(40) > 1e3)
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
        let window = task.window(length: 12, lanes: 5, random: &random)
        #expect(window.tokens.allSatisfy { 0 <= $0 && $0 < Int32(task.vocabularySize) })
        for lane in 0..<5 {
            let rows = (0..<window.shape.steps).map { $0 * 5 + lane }
            let targets = rows.map { window.targets[$0] }.filter { $0 >= 0 }
            let tokens = rows.map { window.tokens[$0] }
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
        let outcome = trial.run(team: Team(threads: 2)) { _, _ in true }
        #expect(outcome.accuracy > 3 * MemoryTask.copy.chance)
        let stopped = trial.run(team: Team(threads: 2)) { _, _ in false }
        #expect(stopped.solvedAt == nil && stopped.steps == 50)
    }
}
