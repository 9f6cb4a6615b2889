import Foundation
import Model
import Testing

@testable import Training

/// A run when validation stops improving, and when numbers are not finite.
@Suite struct SteeringTests {
    /// The rate is so low that no parameter changes, so the first validation stays the best.
    private static var idle: Recipe {
        var recipe = Recipe.smallText
        recipe.optimiser.kind = .sgd
        recipe.optimiser.learningRate = 1e-30
        recipe.schedule.kind = .constant
        recipe.length.steps = 200
        recipe.validation.every = 5
        return recipe
    }

    @Test func itStopsEarlyAfterSoManyValidationsWithoutImprovement() throws {
        var recipe = Self.idle
        recipe.validation.patience = 2
        let run = try SmallRun(recipe, SmallCorpora.text)
        #expect(try run.train() == .early)
        #expect(run.validations.map(\.step) == [5, 10, 15, 20])
        #expect(run.validations.map(\.isBest) == [true, false, false, false])
        #expect(try run.log.last?.contains("\"reason\":\"early\"") == true)
        _ = try Model.load(from: run.folder.model)
    }

    @Test func aPlateauLowersTheRate() throws {
        var recipe = Self.idle
        recipe.length.steps = 40
        recipe.schedule.kind = .plateau
        recipe.schedule.patience = 2
        recipe.schedule.factor = 0.25
        recipe.schedule.final = 0.1
        let run = try SmallRun(recipe, SmallCorpora.text)
        #expect(try run.train() == .finished)
        let lowered: [(step: Int, factor: Double)] = run.events.compactMap {
            if case .loweredRate(let step, let factor) = $0 { (step, factor) } else { nil }
        }
        // The best is that of step 5; 0.25 twice would be less than `final`.
        #expect(lowered.map(\.step) == [15, 25, 35])
        #expect(lowered.map(\.factor) == [0.25, 0.1, 0.1])
        let factors = run.steps.map { ($0.learningRate * 1e30 * 1000).rounded() / 1000 }
        #expect(
            factors
                == Array(repeating: 1, count: 15) + Array(repeating: 0.25, count: 10)
                + Array(repeating: 0.1, count: 15))
    }

    @Test func averagedSGDKeepsTheMeanOfTheParametersSinceItsTrigger() throws {
        let run = try SmallRun(.averaging, SmallCorpora.text)
        var (sums, count, checked) = ([[Double]](), 0, 0)
        var (hasBegun, before) = (false, [[Double]]())
        run.watch = { event, trainer in
            let values = trainer.parameters.all.map { $0.values.map { Double($0) } }
            switch event {
            case .beganAveraging:
                hasBegun = true
                before = values
            case .step where hasBegun:
                // At most as far as a clipped gradient allows.
                #expect(Self.distance(before, values) < 4.01)
                before = values
                if sums.isEmpty { sums = values.map { $0.map { _ in 0 } } }
                for i in values.indices {
                    for j in values[i].indices { sums[i][j] += values[i][j] }
                }
                count += 1
            case .validated(_, _, isBest: true) where count > 0:
                let model = try? SafetensorsWeights(
                    path: run.folder.model.appending(path: "model.safetensors").path,
                    specs: run.recipe.network.tensors)
                for (index, spec) in run.recipe.network.tensors.enumerated() {
                    let written = try? model?.values(of: spec)
                    #expect(written?.count == sums[index].count)
                    for (x, sum) in zip(written ?? [], sums[index]) {
                        #expect(abs(Double(x) - sum / Double(count)) < 1e-4, "\(spec.name)")
                    }
                }
                checked += 1
            default: break
            }
        }
        #expect(try run.train() == .finished)
        #expect(hasBegun)
        #expect(checked > 0, "no average was the best")
        let best = run.validations.compactMap { $0.isBest ? $0.result.nats : nil }
        #expect(try #require(best.last) < 2.7)
    }

    private static func distance(_ x: [[Double]], _ y: [[Double]]) -> Double {
        zip(x.joined(), y.joined()).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }

    /// ReLU units without clipping grow without bound.
    private static func growing(_ learningRate: Double) -> Recipe {
        var recipe = Recipe.smallText
        recipe.network.cell = .rnn
        recipe.network.activation = .relu
        recipe.optimiser.kind = .sgd
        recipe.optimiser.clipNorm = nil
        recipe.optimiser.learningRate = learningRate
        recipe.schedule.kind = .constant
        return recipe
    }

    private static func names(_ problem: String) -> Bool {
        ["the output of layer ", "a head's logit", "the gradient of "].contains {
            problem.contains($0)
        }
    }

    @Test func aRunThatAlwaysDivergesSaysWhere() throws {
        let run = try SmallRun(Self.growing(1e6), SmallCorpora.text)
        let error = #expect(throws: TrainingError.self) { try run.train() }
        guard case .diverged(let step, let failures, let last)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(failures == 11 && step < 5)
        #expect(Self.names(last), "\(last)")
        var factor = 1.0
        for event in run.events {
            guard case .failure(let step, let what, let back, let caution) = event else { continue }
            factor /= 2
            #expect(caution == factor && back == 0 && step > 0)
            #expect(Self.names(what), "\(what)")
        }
        #expect(factor == 1.0 / 1024)
    }

    /// Otherwise a stopped run would resume at the failure.
    @Test func checkpointsOfTheWayToAFailureGo() throws {
        var recipe = Self.growing(8)
        recipe.checkpoints.every = 1
        recipe.checkpoints.keep = 100
        let run = try SmallRun(recipe, SmallCorpora.text)
        var failures = 0
        run.watch = { event, trainer in
            guard case .failure(_, _, let back, let caution) = event else { return }
            failures += 1
            #expect(trainer.checkpoints.newest()?.lastPathComponent.hasSuffix("0\(back)") != false)
            #expect(trainer.state.caution == caution)
        }
        #expect(try run.train() == .finished)
        #expect(failures > 0)
        let again = try SmallRun(recipe, SmallCorpora.text)
        var stops = 0
        while try again.train(resuming: stops > 0, questions: 20) == .interrupted {
            stops += 1
            try #require(stops < 100)
        }
        #expect(stops > 0)
        #expect(again.values == run.values)
    }

    @Test func aRunThatDivergesGoesBackAndOnWithALowerRate() throws {
        let run = try SmallRun(Self.growing(8), SmallCorpora.text)
        #expect(try run.train() == .finished)
        let failures = run.events.count { if case .failure = $0 { true } else { false } }
        #expect(failures > 0)
        #expect(run.trainer?.state.caution == pow(0.5, Double(failures)))
        #expect(run.values.allSatisfy { $0.allSatisfy(\.isFinite) })
        #expect(try #require(run.validations.last?.result.nats) < 5)
        #expect(try run.log.contains { $0.contains("\"event\":\"failure\"") })
    }
}

extension Recipe {
    /// Reads `SmallCorpora.text` at a rate at which validation soon gets worse.
    static var averaging: Recipe {
        var recipe = smallText
        recipe.optimiser.kind = .asgd
        recipe.initialisation.embedding = 0.1
        recipe.optimiser.learningRate = 4
        recipe.optimiser.trigger = 1
        recipe.schedule.kind = .constant
        recipe.validation.every = 4
        return recipe
    }
}
