import Foundation
import Model
import Synchronization
import Terminal
import Training

/// Shows a training run: a progress line on a terminal, a line per minute elsewhere.
final class TrainDisplay: Sendable {
    fileprivate struct State {
        /// Without a terminal.
        var lastPrinted: ContinuousClock.Instant?
        /// Exponential means over steps.
        var loss: Double?
        var sentiment: Double?
        /// The state at the start of this process, from which speed is measured.
        var begun = RunState()
    }

    private let state = Mutex(State())
    private let line = ProgressLine(firstPause: .zero, pause: .milliseconds(200))

    func show(_ text: String) { line.show(text) }

    func say(_ text: String) {
        line.clear()
        line.print(text)
    }

    func begin(_ trainer: Trainer, _ corpora: TrainingCorpora, resumed: Bool) {
        let parameters = trainer.recipe.network.tensors.reduce(0) { $0 + $1.count }
        let tokens = corpora.all.reduce(0) { $0 + $1.tokens.tokens.count }
        state.withLock { $0.begun = trainer.state }
        let start = resumed ? ", continuing from step \(trainer.state.step)" : ""
        say(
            "\(parameters) parameters, \(tokens) tokens to read, \(trainer.totalSteps) steps\(start)"
        )
    }

    func show(_ event: RunEvent) {
        switch event {
        case .step(let report): showStep(report)
        case .validated(let step, let result, let isBest):
            say("step \(step): \(text(result))\(isBest ? ", the best so far" : "")")
        case .checkpoint: break
        case .failure(let step, let what, let back, let factor):
            say(
                "step \(step): \(what); returning to step \(back) with \(fixed(factor, 4)) of the "
                    + "learning rate")
        case .loweredRate(let step, let factor):
            say("step \(step): the learning rate is lowered to \(fixed(factor, 4)) of its maximum")
        case .beganAveraging(let step): say("step \(step): parameters are averaged from now on")
        case .unverified(let checkpoint):
            say(
                "\(checkpoint): written before checkpoints had digests; cannot check that it is complete, "
                    + "nor that the texts and the tokenizer are unchanged")
        case .changedInputs(let changes):
            for change in changes { say("\(change); allowed") }
        case .stopped: clear()
        }
    }

    func clear() { line.clear() }

    private func showStep(_ report: StepReport) {
        let state = state.withLock { state in
            state.take(report)
            return state
        }
        guard !line.isShown else { return line.show(text(report, state)) }
        if let last = state.lastPrinted, last.duration(to: .now) < .seconds(60) { return }
        self.state.withLock { $0.lastPrinted = .now }
        line.print(text(report, state))
    }

    private func text(_ report: StepReport, _ state: State) -> String {
        var parts = [
            bar(report), "step \(report.step)/\(report.steps)", "epoch \(fixed(report.epoch, 2))",
        ]
        if let loss = state.loss {
            parts += ["loss \(fixed(loss, 3))", "perplexity \(fixed(exp(loss), 1))"]
        }
        if let sentiment = state.sentiment { parts.append("sentiment \(fixed(sentiment, 3))") }
        let seconds = report.seconds - state.begun.seconds
        let steps = report.step - state.begun.step
        if seconds > 0 && steps > 0 {
            parts.append("\(Int(Double(report.tokens - state.begun.tokens) / seconds)) tokens/s")
            let left = Double(report.steps - report.step) * seconds / Double(steps)
            parts.append("\(clock(left)) left")
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "  ")
    }

    private func bar(_ report: StepReport) -> String {
        guard line.isShown, TextOutput.standardError.columns ?? 80 >= 110 else { return "" }
        let filled = 20 * report.step / max(1, report.steps)
        return String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    }

    private func text(_ result: ValidationResult) -> String {
        var parts: [String] = []
        if let nats = result.nats { parts.append("validation loss \(fixed(nats, 4))") }
        if let bits = result.bitsPerByte { parts.append("\(fixed(bits, 4)) bits per byte") }
        if let perplexity = result.perplexity { parts.append("perplexity \(fixed(perplexity, 2))") }
        if let loss = result.sentimentLoss { parts.append("sentiment loss \(fixed(loss, 4))") }
        if let accuracy = result.accuracy {
            parts.append("sentiment accuracy \(fixed(100 * accuracy, 2))%")
        }
        return parts.joined(separator: ", ")
    }

    private func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    private func clock(_ seconds: Double) -> String {
        let whole = Int(min(max(0, seconds), 3_599_999))
        return String(format: "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60)
    }
}

extension TrainDisplay.State {
    fileprivate mutating func take(_ report: StepReport) {
        func mean(_ old: Double?, _ new: Double) -> Double {
            old.map { 0.95 * $0 + 0.05 * new } ?? new
        }
        if report.loss.tokenCount > 0 {
            loss = mean(loss, report.loss.tokens / Double(report.loss.tokenCount))
        }
        if report.loss.sentimentWeight > 0 {
            sentiment = mean(sentiment, report.loss.sentiment / report.loss.sentimentWeight)
        }
    }
}
