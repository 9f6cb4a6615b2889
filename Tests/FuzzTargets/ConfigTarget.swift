import Model
import TestSupport

/// A config.json: what is read is written so that it reads back equal, and a small network can be
/// made of it.
enum ConfigTarget {
    static let target = FuzzTarget("config", seeds: seeds) { check }

    private static let mostWeights = 20_000

    private static func check(_ bytes: [UInt8]) throws {
        let config: ModelConfig
        do {
            config = try ModelConfig.decode(bytes, file: "config.json")
        } catch {
            try require(error.file == "config.json", "the file of \(error)")
            return
        }
        try require(config.contradictions.isEmpty, "no contradictions")
        try requireEqual(
            try ModelConfig.decode(Array(config.json.utf8), file: "written"), config,
            "written and read")
        let weights = config.tensors.reduce(0) { $0 + $1.count }
        try require(weights > 0, "weights: \(weights)")
        guard weights <= mostWeights else { return }
        let model = try Model.random(config: config)
        // A bidirectional network keeps nothing between two messages.
        try requireEqual(
            model.network.stateLayout.valueCount > 0, !config.bidirectional, "a state")
    }

    private static func seeds() -> [[UInt8]] {
        TestModel.everyNetwork.map { Array($0.json.utf8) }
    }
}
