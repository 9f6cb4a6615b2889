import Client
import Debugger
import Engine
import Foundation
import Model
import Names
import PlainText
import Replay
import Storage
import Terminal
import Wire

/// What is shown of a place, part by part, as lines of a given width.
struct StepView {
    let stepper: Stepper
    let width: Int
    let look: StyledLine.Look

    var point: SessionPoint { stepper.point }

    func lines(of part: StepPart) throws -> [String] {
        switch part {
        case .place: place
        case .text: try text(rows: 6).filter { !$0.isEmpty }
        case .token: try token()
        case .candidates: candidates(width: width)
        case .layers: layers(width: width)
        case .units: units
        case .request: request
        case .events: events
        }
    }

    /// All parts, below each other.
    func all() throws -> [String] {
        try StepPart.allCases.flatMap { try lines(of: $0) }
    }

    func line(_ width: Int? = nil) -> StyledLine {
        StyledLine(width: width ?? self.width, look: look)
    }

    // MARK: Where

    /// On a line, or on as many as a narrow terminal needs.
    var place: [String] {
        var lines: [String] = []
        var line = line()
        line.append(stepper.session.stream.text, .bold)
        for part in placeParts {
            if part.columns + 3 > line.columnsLeft {
                lines.append(line.text)
                line = self.line()
                line.append(part)
            } else {
                line.append(" · " + part)
            }
        }
        return lines + [line.text]
    }

    private var placeParts: [String] {
        var parts: [String] = []
        if stepper.session.incarnation.number > 0 {
            parts.append("life \(stepper.session.incarnation.number)")
        }
        if point.epoch > 0 { parts.append("epoch \(point.epoch)") }
        if let token = point.token {
            parts.append("token \(point.position - 1)")
            if token.index != point.position - 1 { parts[parts.count - 1] += " (\(token.index))" }
            parts.append("message \(token.message)")
            parts.append("bytes \(token.offset.lowerBound)–\(token.offset.upperBound)")
        } else {
            parts.append(point.position == stepper.debugger.first ? "the start" : "the end")
            parts.append("byte \(point.offset)")
        }
        if let time = point.request?.time {
            let text = Timestamp.text(time)
            parts.append(width < 100 ? String(text.split(separator: "T").last ?? "") : text)
        }
        parts.append("model \(point.model.fingerprint.short.prefix(8))")
        return parts
    }

    // MARK: The token

    /// The token with its numbers, and how positive the text is.
    func token() throws -> [String] {
        guard let token = point.token else { return [] }
        var line = line()
        line.append(quoted(token.bytes), .bold)
        line.append(" id \(token.id)", .tone(.quiet))
        guard let surprisal = token.surprisal else { return [line.text] + sentiment(of: token) }
        let bits =
            "surprisal \(fixed(surprisal, 2)) bits, p \(percentage(exp2(-Double(surprisal))))"
        let expectation = try expectation(of: token) ?? ""
        let lines = wrapped(&line, before: bits.columns + expectation.columns + 4)
        line.append(bits, surprisal >= 11 ? .tone(.warning) : .plain)
        line.append("  " + expectation, .tone(.quiet))
        return lines + [line.text] + sentiment(of: token)
    }

    /// Where it stood among the candidates; nil where there were none.
    private func expectation(of token: TokenReading) throws -> String? {
        let candidates = try stepper.previous?.token?.candidates ?? []
        guard !candidates.isEmpty, try stepper.previous?.epoch == point.epoch else { return nil }
        guard let rank = candidates.firstIndex(where: { $0.id == token.id }) else {
            return "not among the first \(candidates.count)"
        }
        return "candidate \(rank + 1)"
    }

    private func sentiment(of token: TokenReading) -> [String] {
        guard let sentiment = token.sentiment else { return [] }
        var line = line()
        line.append("sentiment ", .tone(.quiet))
        line.append(signed(sentiment.score), .tone(sentiment.score < 0 ? .bad : .good))
        line.append(" " + gauge(sentiment.score, width: 21), .tone(.quiet))
        guard let score = point.messageScore else { return [line.text] }
        let (name, share) = ("message \(score.message): ", percentage(Double(score.positive)))
        let text = ", \(share) positive"
        let lines = wrapped(&line, before: name.columns + text.columns + 7)
        line.append(name, .tone(.quiet))
        line.append(signed(score.score), .tone(score.score < 0 ? .bad : .good))
        line.append(text, .tone(.quiet))
        return lines + [line.text]
    }

    /// Begins a new line if so many columns do not fit. Returns the finished line.
    private func wrapped(_ line: inout StyledLine, before columns: Int) -> [String] {
        guard columns > line.columnsLeft else {
            line.append("  ")
            return []
        }
        defer { line = self.line() }
        return [line.text]
    }

    /// `·····│■■■···`: the distance from the middle.
    private func gauge(_ score: Float, width: Int) -> String {
        let half = width / 2
        let reach = Int((abs(score) * Float(half)).rounded())
        let side = String(repeating: "■", count: reach)
        let rest = String(repeating: "·", count: half - reach)
        let empty = String(repeating: "·", count: half)
        return score < 0 ? rest + side + "│" + empty : empty + "│" + side + rest
    }

    // MARK: Candidates

    func candidates(width: Int) -> [String] {
        guard let token = point.token else { return [] }
        var heading = line(width)
        heading.append(token.candidates.isEmpty ? "" : "next", .tone(.quiet))
        let name = max(8, min(24, width - 16))
        return [heading.text]
            + token.candidates.map { candidate in
                var line = line(width)
                line.append(quoted(candidate.bytes ?? Array(candidate.text.utf8), limit: name))
                line.pad(to: name)
                let share = percentage(Double(candidate.probability))
                line.pad(to: name + 6 - share.count)
                line.append(share, .tone(.quiet))
                line.append(" ")
                line.append(
                    bar(Double(candidate.probability), width: min(40, line.columnsLeft - 2)),
                    .tone(.good))
                return line.text
            }
    }

    /// In eighths of a column.
    private func bar(_ share: Double, width: Int) -> String {
        let eighths = Int((share * Double(max(0, width) * 8)).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    var units: [String] {
        guard point.token != nil else { return [] }
        let count = max(1, (width - 9) / 16)
        return [
            row("largest ", point.strongestUnits(count).map { ($0.name, $0.value) }),
            row("changed ", point.mostChangedUnits(count).map { ($0.name, $0.change) }),
        ]
    }

    private func row(_ heading: String, _ units: [(name: String, number: Float)]) -> String {
        var line = line()
        line.append(heading, .tone(.quiet))
        for unit in units {
            line.append(" \(unit.name.leftPadded(to: 9))")
            line.append(" \(signedFixed(unit.number))", .tone(unit.number < 0 ? .bad : .good))
        }
        return line.text
    }

    // MARK: Commands, and what they print

    var request: [String] {
        guard let request = point.request else { return [] }
        var line = line()
        line.append("request ", .tone(.quiet))
        line.append("\(request.sequence) \(request.operation.rawValue)")
        if request.operation == .text {
            line.append(", \(request.text.count) bytes\(request.more ? ", continues" : "")")
        }
        if let sequence = request.producerSequence {
            let name = request.producer.isEmpty ? "" : " of \(request.producer)"
            line.append(", seq \(sequence)\(name)")
        }
        if let endpoint = request.endpoint { line.append(", \(endpoint)", .tone(.quiet)) }
        for outcome in point.outcomes where outcome.sequence == request.sequence {
            let digest = outcome.stateDigest.prefix(4).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
            line.append(", done: state \(digest.joined())…", .tone(.quiet))
        }
        return [line.text]
    }

    /// Events other than the token's.
    var events: [String] {
        point.events.compactMap { event in
            var line = line()
            switch event.payload {
            case .next, .sentiment: return nil
            case .stream(let change): line.append("stream \(change.rawValue)", .tone(.warning))
            case .error(let refusal):
                line.append("error \(refusal.code.rawValue): \(refusal.message)", .tone(.bad))
            }
            return line.text
        }
    }
}

// MARK: Numbers

/// `‘ film’`
private func quoted(_ bytes: [UInt8], limit: Int = .max) -> String {
    let text = shownText(String(decoding: bytes, as: UTF8.self)).escapedForTerminal()
    let room = limit - 2
    return "‘" + (text.count > room ? text.prefix(max(0, room - 1)) + "…" : text[...]) + "’"
}

/// Line ends and tabs as signs of one column.
func shownText(_ text: String) -> String {
    text.replacing("\r\n", with: "↵").replacing("\n", with: "↵").replacing("\t", with: "⇥")
}

func fixed(_ value: some BinaryFloatingPoint, _ digits: Int) -> String {
    Double(value).formatted(
        .number.precision(.fractionLength(digits)).grouping(.never)
            .locale(Locale(identifier: "en_US_POSIX")))
}

/// Four digits, or as many as stand before the point.
func rounded(_ value: Double) -> String {
    fixed(value, value < 99.995 ? 2 : value < 999.95 ? 1 : 0)
}

func signedFixed(_ value: some BinaryFloatingPoint) -> String {
    (value < 0 ? "" : "+") + fixed(value, 2)
}

/// `0.0012%`, `0.3%`, `42%`
func percentage(_ share: Double) -> String {
    fixed(share * 100, share < 0.001 ? 4 : share < 0.1 ? 1 : 0) + "%"
}
