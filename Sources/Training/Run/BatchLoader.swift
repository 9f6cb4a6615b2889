internal import Model
internal import Randomness

/// Creates the mini-batches of a run: each source fills its lanes.
struct BatchLoader {
    private let lanes: Int
    private let steps: Int
    private let jitter: Double
    private let seed: UInt64
    private var readers: [LaneReader] = []
    private var messages: MessageReader?

    /// The maximum sequence length with `jitter`.
    static func longest(_ batch: Recipe.Window) -> Int {
        batch.steps + Int((3 * batch.jitter).rounded(.up))
    }

    init(_ recipe: Recipe, _ corpora: TrainingCorpora, _ state: RunState) {
        steps = recipe.window.steps
        jitter = recipe.window.jitter
        seed = recipe.seed
        lanes = recipe.lanes
        var first = 0
        for (index, corpus) in corpora.all.enumerated() {
            let range = first..<first + corpus.lanes
            first = range.upperBound
            let epoch = state.epochs.isEmpty ? 0 : state.epochs[index]
            let position = state.positions.isEmpty ? 0 : state.positions[index]
            let seed = recipe.seed &+ UInt64(index)
            if recipe.window.wholeTexts {
                messages = MessageReader(
                    corpus.tokens, lanes: range, longest: steps, seed: seed, epoch: epoch,
                    position: position)
            } else {
                readers.append(
                    LaneReader(
                        corpus.tokens, lanes: range, seed: seed,
                        startToken: recipe.network.startToken.map { Int32($0) },
                        messages: corpus.messages, epoch: epoch, position: position))
            }
        }
    }

    /// Mini-batch number `index` of the run.
    mutating func next(_ index: Int) -> MiniBatch {
        if messages != nil {
            let steps = messages?.nextSteps() ?? 1
            var batch = MiniBatch(shape: BatchShape(steps: steps, lanes: lanes))
            messages?.fill(&batch)
            return batch
        }
        var batch = MiniBatch(shape: BatchShape(steps: steps(of: index), lanes: lanes))
        for reader in readers.indices { readers[reader].fill(&batch) }
        return batch
    }

    private func steps(of index: Int) -> Int {
        guard jitter > 0 else { return steps }
        var random = SeededRandom(seed: seed, purpose: "window", index)
        let length = Double(steps) + min(3, max(-3, random.normal())) * jitter
        return max(1, Int(length.rounded()))
    }

    var epochs: [Int] { readers.map(\.epoch) + (messages.map { [$0.epoch] } ?? []) }
    var positions: [Int] { readers.map(\.position) + (messages.map { [$0.position] } ?? []) }
    /// Mini-batches per epoch of the first source, without jitter.
    var batchesPerEpoch: Double {
        let perLane = readers.first.map { ($0.laneLength + steps - 1) / steps }
        return Double(perLane ?? messages?.batchCount ?? 0)
    }
    /// Epochs of the first source that have been read.
    var progress: Double { readers.first?.epochs ?? messages?.epochs ?? 0 }
}

extension Recipe {
    /// The lanes of all sources.
    package var lanes: Int {
        texts.reduce(0) { $0 + $1.lanes } + labelled.reduce(0) { $0 + $1.lanes }
    }
}
