import Client
import Debugger
import Engine
import Terminal
import Wire

/// As a table: rows around the first difference, and the summary.
struct DiffTable: DiffOutput {
    let names: (a: String, b: String)
    /// Rows before and after the first difference.
    let context: Int
    private let printer: LinePrinter
    private var before: [Segment] = []
    /// Rows yet to show; nil before the first difference.
    private var left: Int?

    init(names: (String, String), context: Int, printer: LinePrinter) {
        self.names = names
        self.context = context
        self.printer = printer
    }

    func begin() throws {
        for (sign, name) in [("A", names.a), ("B", names.b)] {
            var line = printer.line()
            line.append(sign + "  ", .bold)
            line.append(name)
            try printer.print(line)
        }
    }

    mutating func write(_ segment: Segment) throws {
        if let left {
            guard left > 0 else { return }
            self.left = left - 1
            return try show(segment)
        }
        if segment.difference == nil {
            if context == .max {
                if before.isEmpty { try heading() }
                before = [segment]
                return try show(segment)
            }
            before.append(segment)
            if before.count > context { before.removeFirst() }
            return
        }
        try announce(segment)
        if context != .max || before.isEmpty { try heading() }
        if context != .max { for segment in before { try show(segment) } }
        try show(segment)
        left = context
    }

    // MARK: The first difference

    private func announce(_ segment: Segment) throws {
        var line = printer.line()
        line.append("first difference ", .tone(.warning))
        line.append("at byte \(segment.offset.lowerBound)")
        if let point = segment.a.first ?? segment.b.first, let token = point.token {
            line.append(", token \(point.position - 1), message \(token.message)")
        }
        line.append(": ")
        line.append(segment.difference?.text ?? "", .bold)
        try printer.print(line)
    }

    // MARK: Rows

    /// Columns of a side's text and of its likeliest candidate.
    private var share: Int { max(10, (printer.width - 8 - 2 * 15) / 4) }

    private func heading() throws {
        var line = printer.line()
        line.append("byte", .tone(.quiet))
        for (side, sign) in ["A", "B"].enumerated() {
            line.pad(to: start(of: side))
            line.append(sign, .tone(.quiet))
            line.pad(to: start(of: side) + share)
            line.append("bits  feel  next", .tone(.quiet))
        }
        try printer.print(line)
    }

    private func start(of side: Int) -> Int { 8 + side * (2 * share + 14) }

    private func show(_ segment: Segment) throws {
        var line = printer.line()
        let isDifferent = segment.difference != nil
        line.append(
            "\(segment.offset.lowerBound)" + (isDifferent ? " ≠" : ""),
            .tone(isDifferent ? .warning : .quiet))
        add(segment.a, from: start(of: 0), to: &line)
        add(segment.b, from: start(of: 1), to: &line)
        try printer.print(line)
    }

    private func add(_ points: [SessionPoint], from column: Int, to line: inout StyledLine) {
        guard let last = points.last?.token else { return }
        line.pad(to: column)
        let shade = Shade(sentiment: last.sentiment?.score, surprisal: last.surprisal)
        let tokens = points.map {
            shownText(String(decoding: $0.token?.bytes ?? [], as: UTF8.self))
        }
        line.append(fit(tokens.joined(separator: "·"), share - 1), .shade(shade))
        line.pad(to: column + share - 1)
        line.append(points.surprisal.map { fixed($0, 1).leftPadded(to: 5) } ?? "    -")
        line.append(
            last.sentiment.map { " " + signed($0.score) } ?? "      ",
            .tone(last.sentiment.map { $0.score < 0 } ?? false ? .bad : .good))
        line.append(" ")
        guard let top = last.candidates.first else { return }
        line.append(fit(shownText(top.text), share - 5))
        line.append(" " + percentage(Double(top.probability)), .tone(.quiet))
    }

    private func fit(_ text: String, _ width: Int) -> String {
        text.columns <= width ? text : text.prefix(max(1, width - 1)) + "…"
    }

    // MARK: The end

    mutating func finish(_ summary: DiffSummary) throws {
        if left == nil {
            var line = printer.line()
            line.append("no differences", .tone(.good))
            try printer.print(line)
        }
        var rows = [
            (
                "tokens",
                "A \(summary.a.tokens), B \(summary.b.tokens), in \(summary.segments) "
                    + "pieces, of which \(summary.differing) differ"
            )
        ]
        if let a = summary.a.bitsPerByte, let b = summary.b.bitsPerByte {
            rows.append(("surprisal", "A \(fixed(a, 3)), B \(fixed(b, 3)) bits per byte"))
        }
        if let agreement = summary.topAgreement {
            rows.append(("likeliest token", "the same at \(percentage(agreement)) of places"))
        }
        if let correlation = summary.sentimentCorrelation {
            rows.append(("sentiment", "correlation \(fixed(correlation, 3))"))
        }
        if let divergence = summary.meanDivergence {
            rows.append(("divergence", "\(fixed(divergence, 4)) bits, mean KL(A || B)"))
        }
        for (name, text) in rows {
            var line = printer.line()
            line.append(name, .tone(.quiet))
            line.pad(to: 17)
            line.append(text)
            try printer.print(line)
        }
    }
}

extension Segment.Difference {
    fileprivate var text: String {
        switch self {
        case .length: "one side has no more text"
        case .text: "the texts differ"
        case .tokens: "the text has other tokens"
        case .surprisal: "surprisal"
        case .candidates: "candidates"
        case .sentiment: "sentiment"
        case .state: "the state"
        case .message: "the message's score"
        }
    }
}

extension String {
    func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}
