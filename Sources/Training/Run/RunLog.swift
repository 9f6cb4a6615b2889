package import Foundation
internal import Model
internal import StrictJSON

/// A run's log: JSON lines, each with an `event`.
///
/// Every ten steps are logged as one line of means. When a run resumes from a checkpoint, the lines
/// after the checkpoint are removed, so that the log reads as that of one run.
package final class RunLog {
    package static let stepsPerLine = 10

    private let file: URL

    /// - Parameter state: the state of the checkpoint to resume from; nil for a new log.
    package init(_ file: URL, resumingFrom state: RunState?) throws {
        self.file = file
        let kept =
            try state.map { state in
                try Self.lines(of: file).filter { $0.isOfRun(upTo: state) }
            } ?? []
        do {
            try Data(kept.map { $0.text + "\n" }.joined().utf8).write(to: file)
        } catch {
            throw ModelError(unwritable: file, error)
        }
    }

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

        fileprivate func isOfRun(upTo state: RunState) -> Bool {
            switch event {
            case "stopped": false
            // The resumed run logs it again.
            case "changed_input": (step ?? 0) < state.step
            // A checkpoint may precede the validation at its step.
            case "validation", "lowered_rate", "averaging": (step ?? 0) <= state.validated
            default: (step ?? 0) <= state.step
            }
        }
    }

    package static func lines(of file: URL) throws -> [Line] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return String(decoding: try Data(contentsOf: file), as: UTF8.self)
            .split(separator: "\n").compactMap { Line($0) }
    }

    package func write(_ event: RunEvent) throws {
        let members = event.members
        if !members.isEmpty { try append(members) }
        if case .changedInputs(let changes) = event {
            for change in changes { try append(change.members) }
        }
    }

    private func append(_ members: [(String, String)]) throws {
        let text = members.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        do {
            let handle = try FileHandle(forWritingTo: file)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: Data("{\(text)}\n".utf8))
        } catch {
            throw ModelError(unwritable: file, error)
        }
    }
}

/// A JSON number with six digits, or null if it is not finite.
private func number(_ value: Double) -> String {
    guard value.isFinite else { return "null" }
    return String(format: "%.6g", value)
}

extension RunEvent {
    /// The members of a line of the log.
    fileprivate var members: [(String, String)] {
        switch self {
        case .step(let report): return report.recent.map { report.members($0) } ?? []
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
        case .unverified, .changedInputs: return []
        case .stopped(let step, let reason):
            return [
                ("event", "\"stopped\""), ("step", "\(step)"), ("reason", "\"\(reason.rawValue)\""),
            ]
        }
    }
}

extension InputChange {
    fileprivate var members: [(String, String)] {
        [
            ("event", "\"changed_input\""), ("step", "\(step)"), ("key", key.jsonLiteral),
            ("file", file.jsonLiteral), ("was", was.jsonLiteral), ("now", now.jsonLiteral),
        ]
    }
}

extension StepReport {
    fileprivate func members(_ recent: RecentSteps) -> [(String, String)] {
        var members = [
            ("event", "\"step\""), ("step", "\(step)"), ("epoch", number(epoch)),
            ("tokens", "\(tokens)"), ("learning_rate", number(learningRate)),
            ("gradient_norm", number(recent.gradientNorm / Double(recent.count))),
        ]
        let loss = recent.loss
        if loss.tokenCount > 0 {
            members.append(("loss", number(loss.tokens / Double(loss.tokenCount))))
        }
        if loss.sentimentWeight > 0 {
            members.append(("sentiment_loss", number(loss.sentiment / loss.sentimentWeight)))
        }
        return members + [("seconds", number(seconds)), ("cpu_seconds", number(cpuSeconds))]
    }
}
