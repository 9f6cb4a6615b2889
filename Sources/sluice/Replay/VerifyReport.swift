import ArgumentParser
import Bench
import Engine
import Kernels
import Model
import PlainText
import Replay
import Storage
import Wire

/// The result of verification, as text and as JSON.
struct VerifyReport {
    private let result: VerifyResult
    private let elapsed: Duration
    private let options: VerifyOptions
    private let recorded: [RunRecord]

    init(_ result: VerifyResult, elapsed: Duration, options: VerifyOptions, recorded: [RunRecord]) {
        self.result = result
        self.elapsed = elapsed
        self.options = options
        self.recorded = recorded
    }

    /// Nil if everything was compared and is equal.
    var exitCode: ExitCode? {
        if result.isDamaged { return .badData }
        if !result.isEqual { return .failure }
        if !result.missingModels.isEmpty { return .noInput }
        return result.wasInterrupted ? .interrupted : nil
    }

    private var seconds: Double { max(1e-3, elapsed / .seconds(1)) }
    private var rate: Double { Double(result.counts.tokens) / seconds }

    // MARK: As text

    var text: String {
        var lines: [String] = []
        for divergence in result.divergences { lines += describe(divergence) }
        if result.divergenceCount > result.divergences.count {
            lines.append(
                "\(result.divergenceCount) places differ; only the first of each incarnation is listed"
            )
        }
        lines += result.missingModels.map { "not replayed: \($0)" }
        if let damage = result.storeDamage { lines.append("the store is damaged: \(damage)") }
        lines.append(summary)
        lines += remarks
        return lines.map { $0.escapedForTerminal() + "\n" }.joined()
    }

    private var summary: String {
        let counts = result.counts
        let verdict =
            result.wasInterrupted
            ? "interrupted" : result.isEqual ? "all equal" : "not equal"
        return "\(verdict): \(counts.incarnations) incarnations in \(counts.intervals) parts, "
            + "\(counts.requests) requests, \(counts.tokens) tokens; compared \(counts.states) "
            + "states, \(counts.events) digests of events, \(counts.checkpoints) checkpoints; "
            + "\(seconds.formatted(digits: 2)) s, \(Int(rate)) tokens/s with "
            + "\(options.kernelTier.rawValue), batch \(options.batch), \(options.threads) threads"
    }

    private var remarks: [String] {
        var remarks: [String] = []
        if result.isStoreChecked, result.storeDamage == nil {
            remarks.append("every page, index and row of the store is intact")
        }
        if result.counts.withoutOutcome > 0 {
            remarks.append(
                "\(result.counts.withoutOutcome) requests have no outcome to compare with: the "
                    + "daemon had not completed them")
        }
        if result.counts.withoutEvents > 0 {
            remarks.append(
                "\(result.counts.withoutEvents) requests have no digest of events: their "
                    + "subscribers changed while they were read")
        }
        if let last = recorded.last {
            remarks.append(
                "last recorded by sluice \(last.version) with \(last.kernelTier), "
                    + "\(last.threads) threads")
        }
        return remarks
    }

    private func describe(_ divergence: Divergence) -> [String] {
        var place =
            "\(divergence.stream), life \(divergence.incarnation), request \(divergence.sequence)"
        if divergence.position > 0 { place += ", byte \(divergence.position)" }
        var lines = ["\(place): \(divergence.message)"]
        guard let narrowing = divergence.narrowing else { return lines }
        lines.append(
            "    \(narrowing.operation.rawValue) in epoch \(narrowing.epoch), tokens "
                + "\(narrowing.tokens.lowerBound)..<\(narrowing.tokens.upperBound) of the incarnation, "
                + "bytes \(narrowing.offset.lowerBound)..<\(narrowing.offset.upperBound): "
                + "\"\(Self.excerpt(narrowing.text))\"")
        if let token = narrowing.disagreement {
            lines.append(
                "    replay with \(options.kernelTier.rawValue), batch \(options.batch), "
                    + "and with portable, batch 1, differs from token \(token) on")
        } else {
            lines.append(
                "    replay with \(options.kernelTier.rawValue), batch \(options.batch), "
                    + "and with portable, batch 1, gives the same state: the record differs")
        }
        return lines
    }

    private static func excerpt(_ text: [UInt8]) -> String {
        let start = String(decoding: text.prefix(80), as: UTF8.self)
        return text.count > 80 ? start + "…" : start
    }

    // MARK: As JSON

    var json: String {
        var line = JSONLine()
        line.add("equal", result.isEqual && !result.wasInterrupted)
        line.add("interrupted", result.wasInterrupted)
        for (name, field) in VerifyCounts.fields {
            line.add(name, result.counts[keyPath: field])
        }
        line.add("seconds", seconds, digits: 3)
        line.add("tokens_per_second", rate, digits: 0)
        line.add("kernel_tier", options.kernelTier.rawValue)
        line.add("batch", options.batch)
        line.add("threads", options.threads)
        line.add("divergence_count", result.divergenceCount)
        let divergences = result.divergences.map { object($0).description }
        line.add("divergences", json: "[\(divergences.joined(separator: ", "))]")
        let missing = result.missingModels.map { "\"\($0.fingerprint.hex)\"" }
        line.add("missing_models", json: "[\(missing.joined(separator: ", "))]")
        line.add("store_checked", result.isStoreChecked)
        if let damage = result.storeDamage {
            line.add("store_damage", "\(damage)")
        } else {
            line.add("store_damage", json: "null")
        }
        return line.description + "\n"
    }

    private func object(_ divergence: Divergence) -> JSONLine {
        var line = JSONLine()
        line.add("kind", divergence.kind.rawValue)
        line.add("stream", divergence.stream.text)
        line.add("life", divergence.incarnation)
        line.add("request", divergence.sequence)
        line.add("byte", divergence.position)
        line.add("message", divergence.message)
        guard let narrowing = divergence.narrowing else { return line }
        line.add("op", narrowing.operation.rawValue)
        line.add("epoch", narrowing.epoch)
        line.add("tokens", json: "[\(narrowing.tokens.lowerBound), \(narrowing.tokens.upperBound)]")
        line.add("offset", json: "[\(narrowing.offset.lowerBound), \(narrowing.offset.upperBound)]")
        line.add("text", Self.excerpt(narrowing.text))
        line.add("first_token", json: narrowing.disagreement.map { "\($0)" } ?? "null")
        return line
    }
}
