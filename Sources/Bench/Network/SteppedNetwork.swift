import Kernels
import Model
import Randomness

/// A network for one batch of streams, to be stepped with random tokens by one thread: one token of
/// each, or in `engineStep` several.
final class SteppedNetwork {
    private let runner: NetworkRunner
    private var states: StateSlab
    private let slots: [Int32]
    private let tokens: [[Int32]]
    private let tokensEach: Int
    private let top: Int
    private var position = 0
    private var values: [Float] = []
    private var readings: [SentimentReading] = []
    private var pools: [SentimentPool]

    private static let differentSteps = 64

    /// - Throws: `ModelError` if there is no memory for the states, and for a network that does not
    ///   read token by token.
    init(
        _ network: Network, kernels: Kernels, batch: Int, tokensEach: Int = 1, top: Int
    ) throws {
        try network.config.requireTokenStates()
        runner = NetworkRunner(
            network: network, kernels: kernels, maxBatch: batch * tokensEach)
        states = try StateSlab(layout: network.stateLayout, capacity: batch)
        slots = Array(0..<Int32(batch))
        pools = slots.map { _ in SentimentPool() }
        self.tokensEach = tokensEach
        self.top = min(top, network.config.vocabularySize)
        var random = SeededRandom(seed: 2)
        let words = UInt64(network.config.vocabularySize)
        tokens = (0..<Self.differentSteps).map { _ in
            (0..<batch * tokensEach).map { _ in Int32(random.next() % words) }
        }
    }

    private var nextTokens: [Int32] {
        position = (position + 1) % tokens.count
        return tokens[position]
    }

    /// Embedding and recurrent layers.
    func advance() { runner.advance(tokens: nextTokens, slots: slots, states: &states) }

    /// Vocabulary head, candidates and log-sum-exp, from the states as they are.
    func predict() { runner.predict(slots: slots, states: states, top: top) }

    func fullStep() {
        advance()
        predict()
    }

    /// All that an engine's step asks of the network: also the surprisal of the tokens, the check
    /// of the states, sentiment and probabilities.
    func engineStep(withHead: Bool) {
        let tokens = nextTokens
        let chunk = TokenChunk(
            slots: slots, counts: slots.map { _ in tokensEach }, tokens: tokens)
        if withHead {
            runner.tokenLogits(
                tokens: slots.map { _ in 0 }, slots: slots, states: states, into: &values)
        }
        runner.advance(chunk, states: &states)
        if runner.network.config.heads.sentiment {
            runner.readSentiment(rows: chunk.rows, into: &readings)
            values.removeAll(keepingCapacity: true)
            for (index, (token, reading)) in zip(tokens, readings).enumerated() {
                let slot = index / tokensEach
                pools[slot].add(reading, token: token, of: runner.network)
                values.append(pools[slot].logit(reading, of: runner.network))
            }
            runner.scores(&values)
        }
        guard withHead else { return }
        runner.predict(rows: chunk.rows, top: top)
        runner.probabilities(into: &values)
        if tokensEach == 1 { return }
        let later = chunk.rows.dropLast(slots.count)
        runner.tokenLogits(tokens: later.map { _ in 0 }, rows: Array(later), into: &values)
    }
}
