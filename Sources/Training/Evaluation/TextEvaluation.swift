import Foundation
package import Kernels
package import Model

/// Measures how well a model predicts texts. Each text is one long stream, divided into lanes that
/// are read in one batch.
package struct TextEvaluation: Sendable {
    private let workers: NetworkWorkers

    /// - Throws: `EvaluationError` if the model has no next-token head.
    package init(_ model: Model, kernels: Kernels, threads: Int) throws(EvaluationError) {
        guard Self.canMeasure(model.config) else {
            throw .noHead("next", model: model.folder.path(percentEncoded: false))
        }
        workers = NetworkWorkers(model.network, kernels: kernels, threads: threads)
    }

    package static func canMeasure(_ config: ModelConfig) -> Bool {
        config.heads.next && !config.bidirectional
    }

    /// - Parameter lanes: nil for the usual number. The result does not depend on the number of
    ///   threads.
    package func measure(
        _ text: TextTokens, lanes count: Int? = nil, _ watch: EvaluationWatch = EvaluationWatch()
    ) throws(EvaluationError) -> TextMeasure {
        let tokens = text.predicted.count
        guard tokens > 0 else { throw .noTokens }
        let lanes = Lane.lanes(of: text, count: count ?? Lane.usualCount(tokens: tokens))
        let groupSize = min(
            NetworkWorkers.maxBatch, (lanes.count + workers.pool.threads - 1) / workers.pool.threads
        )
        let groups = stride(from: 0, to: lanes.count, by: groupSize).map {
            Array(lanes[$0..<min($0 + groupSize, lanes.count)])
        }
        let sums = try workers.results(groups.count) {
            (index, runner, states) throws(EvaluationError) in
            try LaneReading(lanes: groups[index], text: text).bits(runner, &states, watch)
        }
        return TextMeasure(
            bits: sums.joined().reduce(0, +), tokens: tokens, bytes: text.predictedByteCount,
            lanes: lanes.count)
    }
}
