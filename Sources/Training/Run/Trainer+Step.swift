internal import Glibc

extension Trainer {
    /// Keeps a copy of the current state for `goBack`.
    func keepCopy() { lastGood = (state, memory.copy()) }

    /// One step of the optimiser.
    func step(of total: Int) throws {
        let (begun, begunOnCPU) = (ContinuousClock.now, clock())
        let learningRate = rate(of: total)
        let (sum, tokens) = findGradients()
        let norms = parameters.gradientNorms(pool)
        if let problem = problem(sum, norms) { return try goBack(problem) }
        let norm = norms.reduce(0) { $0 + $1 * $1 }.squareRoot()
        parameters.clip(recipe.optimiser.clipping, norm: norm, pool)
        optimiser.update(
            parameters, learningRate: Float(learningRate), step: state.step + 1, pool: pool)
        state.seconds += begun.duration(to: .now) / .seconds(1)
        state.cpuSeconds += Double(clock() - begunOnCPU) / Double(CLOCKS_PER_SEC)
        finishStep(tokens)
        state.recent.add(sum, gradientNorm: norm)
        let recent = isLineDue(total) ? state.recent : nil
        if recent != nil { state.recent = RecentSteps() }
        if state.step % Self.stepsBetweenCopies == 0 { keepCopy() }
        report(
            .step(
                StepReport(
                    step: state.step, steps: total, epoch: loader.progress, loss: sum,
                    gradientNorm: norm, learningRate: learningRate, tokens: state.tokens,
                    seconds: state.seconds, cpuSeconds: state.cpuSeconds, recent: recent)))
    }

    /// Accumulates the gradients of the next mini-batches. Returns their loss and the number of
    /// their tokens, without padding.
    private func findGradients() -> (BatchLoss, Int) {
        var sum = BatchLoss()
        var tokens = 0
        parameters.clearGradients(pool)
        network.pack(step: state.step)
        for part in 0..<recipe.optimiser.accumulate {
            let batch = loader.next(state.step * recipe.optimiser.accumulate + part)
            if recipe.window.wholeTexts { network.clearState() }
            network.forward(batch, step: state.step)
            sum.add(
                network.backward(
                    batch, weights: recipe.loss.weights,
                    scale: 1 / Double(recipe.optimiser.accumulate), step: state.step))
            network.carryState(batch.shape)
            tokens += batch.tokenCount
        }
        return (sum, tokens)
    }

    /// Every ten steps, and before a validation, where a run may end.
    private func isLineDue(_ total: Int) -> Bool {
        state.step % RunLog.stepsPerLine == 0 || isValidationDue(total)
    }

    private func rate(of total: Int) -> Double {
        recipe.optimiser.learningRate * state.caution
            * recipe.schedule.factor(step: state.step, of: total, drops: state.drops)
    }

    private func finishStep(_ tokens: Int) {
        state.step += 1
        state.tokens += tokens
        state.epochs = loader.epochs
        state.positions = loader.positions
        if state.averaged > 0 {
            averages?.add(parameters, count: state.averaged, pool)
            state.averaged += 1
        }
    }

    /// A description of the first loss or gradient that is not finite.
    private func problem(_ loss: BatchLoss, _ norms: [Double]) -> String? {
        if !loss.tokens.isFinite || !loss.sentiment.isFinite {
            let part = network.firstLayerNotFinite().map { "the output of layer \($0)" }
            return "the loss is not finite, nor is " + (part ?? "a head's logit")
        }
        guard let index = norms.firstIndex(where: { !$0.isFinite }) else { return nil }
        return "the gradient of \(parameters.all[index].name) is not finite"
    }

    private func goBack(_ problem: String) throws {
        guard let (good, numbers) = lastGood, state.failures < Self.mostFailures else {
            throw TrainingError.diverged(
                step: state.step, failures: state.failures + 1, last: problem)
        }
        let (failed, failures, caution) = (state.step, state.failures + 1, state.caution / 2)
        memory.restore(numbers)
        state = good
        state.failures = failures
        state.caution = caution
        lastGood?.0 = state
        loader = BatchLoader(recipe, corpora, state)
        // Checkpoints since then belong to the failed steps.
        if checkpoints.removeAll(after: state.step) { try checkpoint() }
        report(
            .failure(
                step: failed, what: problem, wentBackTo: state.step, learningRateFactor: caution))
    }
}
