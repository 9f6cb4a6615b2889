package import Foundation

/// A run's log: JSON lines, each with an `event`.
///
/// Steps are logged by tens, as means. When a run goes on from a checkpoint, what the log has of later
/// steps is taken out, so that it reads as that of one run.
package final class RunLog {
    package static let stepsPerLine = 10

    private let file: URL
    private var pending: [StepReport] = []

    /// - Parameter step: that of the checkpoint to go on from; nil to begin a new log.
    package init(_ file: URL, resumingFrom step: Int?) throws {
        self.file = file
        let old = step == nil ? [] : try Self.lines(of: file)
        let kept = old.filter { ($0.step ?? 0) <= step ?? 0 }
        try Data(kept.map { $0.text + "\n" }.joined().utf8).write(to: file)
    }

    /// One line of a log.
    package struct Line: Sendable {
        package let text: String
        package let event: String
        package let step: Int?
        private let numbers: [String: Double]

        init?(_ text: Substring) {
            guard
                let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
                let members = object as? [String: Any], let event = members["event"] as? String
            else { return nil }
            self.text = String(text)
            self.event = event
            numbers = members.compactMapValues { ($0 as? NSNumber)?.doubleValue }
            step = numbers["step"].map { Int($0) }
        }

        package subscript(name: String) -> Double? { numbers[name] }
    }

    package static func lines(of file: URL) throws -> [Line] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .split(separator: "\n").compactMap { Line($0) }
    }

    package func write(_ event: RunEvent) throws {
        if case .step(let report) = event {
            pending.append(report)
            if pending.count < Self.stepsPerLine { return }
        }
        try writeSteps()
        if case .step = event { return }
        try append(event.members)
    }

    private func writeSteps() throws {
        guard let last = pending.last else { return }
        let tokens = pending.reduce(0) { $0 + $1.loss.tokenCount }
        let sentiments = pending.reduce(0) { $0 + $1.loss.sentimentWeight }
        var members: [(String, String)] = [
            ("event", "\"step\""), ("step", "\(last.step)"), ("epoch", number(last.epoch)),
            ("tokens", "\(last.tokens)"), ("learning_rate", number(last.learningRate)),
            (
                "gradient_norm",
                number(pending.reduce(0) { $0 + $1.gradientNorm } / Double(pending.count))
            ),
        ]
        if tokens > 0 {
            let nats = pending.reduce(0) { $0 + $1.loss.tokens } / Double(tokens)
            members.append(("loss", number(nats)))
        }
        if sentiments > 0 {
            let nats = pending.reduce(0) { $0 + $1.loss.sentiment } / sentiments
            members.append(("sentiment_loss", number(nats)))
        }
        members.append(("seconds", number(last.seconds)))
        pending = []
        try append(members)
    }

    private func append(_ members: [(String, String)]) throws {
        let text = members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        let handle = try FileHandle(forWritingTo: file)
        defer { try? handle.close() }
        try handle.seekToEnd()
        try handle.write(contentsOf: Data("{\(text)}\n".utf8))
    }
}

/// A JSON number with six digits, or null for what is none.
private func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return String(format: "%.6g", value)
}

extension RunEvent {
    /// Of a line of the log.
    fileprivate var members: [(String, String)] {
        switch self {
        case .step: return []
        case .validated(let step, let result, let isBest):
            let figures: [(String, Double?)] = [
                ("loss", result.nats), ("bits_per_token", result.bitsPerToken),
                ("bits_per_byte", result.bitsPerByte), ("perplexity", result.perplexity),
                ("sentiment_loss", result.sentimentLoss), ("accuracy", result.accuracy),
            ]
            return [("event", "\"validation\""), ("step", "\(step)")]
                + figures.compactMap { name, value in value.map { (name, number($0)) } }
                + [("best", "\(isBest)")]
        case .checkpoint(let step, _): return [("event", "\"checkpoint\""), ("step", "\(step)")]
        case .failure(let step, let what, let back, let factor):
            return [
                ("event", "\"failure\""), ("failed_step", "\(step)"), ("what", "\"\(what)\""),
                ("step", "\(back)"), ("learning_rate_factor", number(factor)),
            ]
        case .loweredRate(let step, let factor):
            return [
                ("event", "\"lowered_rate\""), ("step", "\(step)"), ("factor", number(factor)),
            ]
        case .beganAveraging(let step):
            return [("event", "\"averaging\""), ("step", "\(step)")]
        case .stopped(let step, let reason):
            return [
                ("event", "\"stopped\""), ("step", "\(step)"), ("reason", "\"\(reason.rawValue)\""),
            ]
        }
    }
}
