import Client
import Foundation
import Model
import Synchronization
import Training

/// What a training run shows: a line that is redrawn on a terminal, lines now and then elsewhere.
final class TrainDisplay: Sendable {
    fileprivate struct State {
        var isDrawn = false
        var lastShown: ContinuousClock.Instant?
        /// Exponential means over steps.
        var loss: Double?
        var sentiment: Double?
        /// Where this process began, from which speed is measured: a run may go on elsewhere.
        var begun = RunState()
    }

    private let state = Mutex(State())
    private let output = Client.OutputStream.standardError

    func show(_ text: String) {
        guard output.isTerminal else { return }
        draw(text)
    }

    func say(_ text: String) {
        clear()
        try? output.write(text + "\n")
    }

    func begin(_ trainer: Trainer, _ corpora: TrainingCorpora, resumed: Bool) {
        let parameters = trainer.recipe.network.tensors.reduce(0) { $0 + $1.count }
        let tokens = corpora.all.reduce(0) { $0 + $1.tokens.tokens.count }
        state.withLock { $0.begun = trainer.state }
        let start = resumed ? ", going on from step \(trainer.state.step)" : ""
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
                "step \(step): \(what); back to step \(back) with \(fixed(factor, 4)) of the "
                    + "learning rate")
        case .loweredRate(let step, let factor):
            say("step \(step): the learning rate goes down to \(fixed(factor, 4)) of the highest")
        case .beganAveraging(let step): say("step \(step): averaging of the parameters begins")
        case .unverified(let checkpoint):
            say(
                "\(checkpoint): written before checkpoints had digests, so it cannot be checked whether "
                    + "it is whole, and whether the texts and the tokenizer are those of its run")
        case .changedInputs(let changes):
            for change in changes { say("\(change); allowed") }
        case .stopped: clear()
        }
    }

    func clear() {
        let wasDrawn = state.withLock { state in
            defer { state.isDrawn = false }
            return state.isDrawn
        }
        if wasDrawn { try? output.write("\r\u{1B}[2K") }
    }

    private func draw(_ text: String) {
        state.withLock { $0.isDrawn = true }
        let columns = output.columns ?? 80
        try? output.write("\r\u{1B}[2K" + String(text.prefix(columns - 1)))
    }

    private func showStep(_ report: StepReport) {
        let line: String? = state.withLock { state in
            state.take(report)
            let pause: Duration = output.isTerminal ? .milliseconds(200) : .seconds(60)
            if let last = state.lastShown, last.duration(to: .now) < pause { return nil }
            state.lastShown = .now
            return text(report, state)
        }
        guard let line else { return }
        if output.isTerminal { draw(line) } else { say(line) }
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
        guard output.isTerminal, (output.columns ?? 80) >= 110 else { return "" }
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
