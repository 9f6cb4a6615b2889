import Kernels
import Model

/// The surprisals of the tokens of some lanes of a text, which one thread reads in one batch.
struct LaneReading {
    let lanes: [Lane]
    let text: TextTokens

    /// The input of one step: for each token to predict, the token before it.
    private struct Step {
        var slots: [Int32] = []
        var counts: [Int] = []
        var inputs: [Int32] = []
        /// Positions in `inputs` whose next token counts.
        var counted: [(place: Int, lane: Int, token: Int)] = []
    }

    /// The sum of the surprisals of each lane's tokens in bits, added in order.
    func bits(
        _ runner: NetworkRunner, _ states: inout StateSlab, _ watch: EvaluationWatch
    ) throws(EvaluationError) -> [Double] {
        // With fewer lanes than rows of a step, each lane reads several tokens in a step.
        let each = max(1, NetworkWorkers.maxBatch / lanes.count)
        var next = lanes.map { max($0.first, text.predicted.lowerBound) }
        var sums = lanes.map { _ in 0.0 }
        for lane in lanes.indices { states.zero(slot: Int32(lane)) }
        while case let step = step(&next, each), !step.inputs.isEmpty {
            if watch.shouldStop() { throw .interrupted }
            try read(step, runner, &states, into: &sums)
            watch.didRead(step.inputs.count)
        }
        return sums
    }

    private func step(_ next: inout [Int], _ each: Int) -> Step {
        var step = Step()
        for (index, lane) in lanes.enumerated() where next[index] < lane.counted.upperBound {
            let tokens = next[index]..<min(next[index] + each, lane.counted.upperBound)
            for token in tokens {
                if token >= lane.counted.lowerBound {
                    step.counted.append((step.inputs.count, index, token))
                }
                step.inputs.append(text.input(before: token, inStreamFrom: lane.first))
            }
            step.slots.append(Int32(index))
            step.counts.append(tokens.count)
            next[index] = tokens.upperBound
        }
        return step
    }

    private func read(
        _ step: Step, _ runner: NetworkRunner, _ states: inout StateSlab, into sums: inout [Double]
    ) throws(EvaluationError) {
        let chunk = TokenChunk(slots: step.slots, counts: step.counts, tokens: step.inputs)
        runner.advance(chunk, states: &states)
        guard !step.counted.isEmpty else { return }
        let rows = step.counted.map { chunk.rows[$0.place] }
        var logits: [Float] = []
        runner.predict(rows: rows, top: 1)
        runner.tokenLogits(
            tokens: step.counted.map { text.ids[$0.token] }, rows: rows, into: &logits)
        for (index, counted) in step.counted.enumerated() {
            guard runner.predictions.isFinite[index] else { throw .notFinite(token: counted.token) }
            sums[counted.lane] += Double(
                NetworkRunner.surprisal(
                    logit: logits[index], logSumExp: runner.predictions.logSumExp[index]))
        }
    }
}
