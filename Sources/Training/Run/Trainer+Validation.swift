internal import Foundation
internal import Model

extension Trainer {
    /// Validates, and saves the model if it is the best so far. False if it was stopped.
    func validate() throws -> Bool {
        // Averaging may begin in this function: what was not swapped must not be swapped back.
        let isAveraged = state.averaged > 0
        if isAveraged { averages?.swap(with: parameters) }
        defer { if isAveraged { averages?.swap(with: parameters) } }
        guard corpora.validationText != nil || corpora.validationLabelled != nil else {
            try writeModel("model", result: nil)
            return true
        }
        guard let result = validator.run(isStopped: isStopped) else { return false }
        let loss = result.loss(recipe.loss.weights)
        let isBest = loss.isFinite && loss < (state.best ?? .infinity)
        if isBest {
            state.best = loss
            state.bestStep = state.step
            state.stale = 0
            try writeModel("model", result: result)
        } else {
            state.stale += 1
        }
        report(.validated(step: state.step, result, isBest: isBest))
        if !isBest { actOnStaleness() }
        return true
    }

    private func actOnStaleness() {
        if recipe.schedule.kind == .plateau && state.stale % recipe.schedule.patience == 0 {
            state.drops += 1
            let factor = recipe.schedule.factor(step: .max, of: .max, drops: state.drops)
            report(.loweredRate(step: state.step, factor: factor))
        }
        if averages != nil && state.averaged == 0 && state.stale >= recipe.optimiser.trigger {
            state.averaged = 1
            report(.beganAveraging(step: state.step))
        }
    }

    /// Writes the parameters as a model folder of the run. The card gets the results of validation.
    func writeModel(_ name: String, result: ValidationResult?) throws(ModelError) {
        let card = ModelCard(recipe: recipe, state: state, result: result)
        try ModelFolderWriter.write(
            recipe.network, tokenizer: tokenizer, ngrams: corpora.ngrams, card: card.text,
            to: folder.appending(path: name)
        ) { spec in
            parameters[spec.name].values
        }
    }
}
