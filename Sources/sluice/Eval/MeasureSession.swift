import Client
import Kernels
import Model
import Training

/// Measures models on files, until the user interrupts.
struct MeasureSession {
    enum Found {
        case text(TextMeasure)
        case sentiment(SentimentMeasure, LabelledTexts)

        var bytesPerToken: Double {
            switch self {
            case .text(let measure): measure.bytesPerToken
            case .sentiment(let measure, _): Double(measure.bytes) / Double(measure.tokens)
            }
        }
    }

    let kernels: Kernels
    let options: MeasureOptions
    let interruption: Interruption

    func measure(
        _ model: Model, on file: MeasuredFile, label: String
    ) throws(EvaluationError) -> Found {
        do throws(EvaluationError) {
            switch file.content {
            case .text(let text): return .text(try measure(model, text, label))
            case .table(let table): return .sentiment(try measure(model, table, label), table)
            }
        } catch {
            if error == .interrupted { throw error }
            throw .on(file: file.name, error)
        }
    }

    private func measure(
        _ model: Model, _ text: [UInt8], _ label: String
    ) throws(EvaluationError) -> TextMeasure {
        let evaluation = try TextEvaluation(model, kernels: kernels, threads: options.threads)
        let tokens = TextTokens(text, model: model) { interruption.isRequested }
        if interruption.isRequested { throw .interrupted }
        let progress = MeasureProgress(label, tokens: tokens.ids.count, bytes: text.count)
        defer { progress.clear() }
        return try evaluation.measure(tokens, lanes: options.lanes, watch(progress))
    }

    private func measure(
        _ model: Model, _ table: LabelledTexts, _ label: String
    ) throws(EvaluationError) -> SentimentMeasure {
        let evaluation = try SentimentEvaluation(
            model, kernels: kernels, threads: options.threads)
        let texts = TextTokens.all(
            table.examples.map(\.text), model: model, threads: options.threads,
            isStopped: { interruption.isRequested })
        if interruption.isRequested { throw .interrupted }
        let progress = MeasureProgress(
            label, tokens: texts.reduce(0) { $0 + $1.ids.count },
            bytes: table.examples.reduce(0) { $0 + $1.text.count })
        defer { progress.clear() }
        return try evaluation.measure(
            texts, labels: table.examples.map(\.isPositive), watch(progress))
    }

    private func watch(_ progress: MeasureProgress) -> EvaluationWatch {
        let interruption = interruption
        return EvaluationWatch(
            didRead: { progress.add($0) }, shouldStop: { interruption.isRequested })
    }
}
