import Client
import Debugger
import Engine
import Terminal

/// As a table: the tokens around the edits, the messages' scores, and how long the effect lasts.
struct WhatIfTable: WhatIfOutput {
    /// Tokens to show after the last edit; nil for all.
    let context: Int?
    private let printer: LinePrinter
    /// Rows before an edit, of which the last are shown when it comes.
    private var before: [WhatIf.Row] = []
    private var left = 0
    private var hasHeading = false

    private static let rowsBefore = 3

    init(context: Int?, printer: LinePrinter) {
        self.context = context
        self.printer = printer
    }

    // MARK: Tokens

    mutating func write(_ row: WhatIf.Row) throws {
        let isEdit = row.isOverwritten || row.recorded == nil || row.edited == nil
        if let context {
            if isEdit {
                for row in before { try show(row) }
                before = []
                left = context + 1
            }
            guard left > 0 else {
                before.append(row)
                if before.count > Self.rowsBefore { before.removeFirst() }
                return
            }
            left -= 1
        }
        try show(row)
    }

    private var textWidth: Int { max(12, min(40, printer.width - 58)) }

    private mutating func heading() throws {
        guard !hasHeading else { return }
        hasHeading = true
        var line = printer.line()
        line.append("   token")
        line.pad(to: 10 + textWidth)
        line.append(" bits  edited    feel  edited   apart")
        var quiet = printer.line()
        quiet.append(line.text, .tone(.quiet))
        try printer.print(quiet)
    }

    private mutating func show(_ row: WhatIf.Row) throws {
        try heading()
        var line = printer.line()
        guard let point = row.recorded ?? row.edited, let token = point.token else { return }
        switch (row.recorded, row.edited) {
        case (_, nil): line.append("- ", .tone(.bad))
        case (nil, _): line.append("+ ", .tone(.good))
        default: line.append(row.isOverwritten ? "! " : "  ", .tone(.warning))
        }
        line.append("\(point.position - 1)".leftPadded(to: 6), .tone(.quiet))
        line.append("  ")
        addText(token, row, to: &line)
        line.pad(to: 10 + textWidth)
        addNumbers(row, to: &line)
        try printer.print(line)
    }

    private func addText(_ token: TokenReading, _ row: WhatIf.Row, to line: inout StyledLine) {
        let text = shownText(String(decoding: token.bytes, as: UTF8.self))
        let other = row.edited?.token ?? token
        let shade = Shade(sentiment: other.sentiment?.score, surprisal: other.surprisal)
        var piece = StyledLine(width: textWidth - 1, look: printer.look)
        piece.append(text)
        line.append(
            piece.columns < text.columns ? String(text.prefix(textWidth - 3)) + "…" : text,
            .shade(shade))
    }

    private func addNumbers(_ row: WhatIf.Row, to line: inout StyledLine) {
        let (a, b) = (row.recorded?.token, row.edited?.token)
        line.append(number(a?.surprisal))
        add(b?.surprisal, was: a?.surprisal, number(b?.surprisal).leftPadded(to: 8), &line, 0.1)
        line.append("   " + feel(a))
        add(b?.sentiment?.score, was: a?.sentiment?.score, feel(b).leftPadded(to: 8), &line, 0.02)
        guard let effect = row.effect else { return }
        line.append(effect == 0 ? "      =" : percentage(effect).leftPadded(to: 8), .tone(.quiet))
        line.append(" " + String(repeating: "▪", count: min(10, Int(effect * 10))), .tone(.warning))
    }

    /// Green where it is more than it was, red where less, quiet where about the same.
    private func add(
        _ value: Float?, was: Float?, _ text: String, _ line: inout StyledLine, _ least: Float
    ) {
        let change = value.flatMap { value in was.map { value - $0 } } ?? 0
        line.append(text, abs(change) < least ? .tone(.quiet) : .tone(change > 0 ? .good : .bad))
    }

    private func number(_ bits: Float?) -> String {
        bits.map { fixed($0, 1).leftPadded(to: 5) } ?? "    -"
    }

    private func feel(_ token: TokenReading?) -> String {
        token?.sentiment.map { signed($0.score) } ?? "    -"
    }

    // MARK: The end

    mutating func finish(_ summary: WhatIfSummary) throws {
        for message in summary.messages { try show(message) }
        var line = printer.line()
        line.append(verdict(summary), .bold)
        try printer.print(line)
        guard let surprisal = summary.surprisal else { return }
        line = printer.line()
        line.append(
            "mean surprisal since the first edit: \(fixed(surprisal.recorded, 2)) bits, edited "
                + "\(fixed(surprisal.edited, 2)); states at most "
                + "\(percentage(summary.largestEffect)) apart")
        try printer.print(line)
    }

    private func show(_ message: WhatIfSummary.Message) throws {
        let (recorded, edited) = (message.recorded.map(signed), message.edited.map(signed))
        guard recorded != nil || edited != nil, context == nil || recorded != edited else {
            return
        }
        var line = printer.line()
        let slot = message.slot
        line.append("message ", .tone(.quiet))
        switch (slot.recorded, slot.edited) {
        case (let recorded?, let edited?):
            line.append("\(recorded.message)")
            if recorded.message != edited.message { line.append(" (now \(edited.message))") }
        case (let recorded?, nil): line.append("\(recorded.message) (dropped)")
        case (nil, let edited?): line.append("\(edited.message) (inserted)")
        case (nil, nil): break
        }
        if slot.recorded != nil, slot.edited != nil, slot.isEdited { line.append(" (replaced)") }
        line.pad(to: 26)
        line.append(recorded ?? "  -  ")
        line.append(" → ", .tone(.quiet))
        line.append(edited ?? "-", .tone((message.edited ?? 0) < 0 ? .bad : .good))
        try printer.print(line)
    }

    private func verdict(_ summary: WhatIfSummary) -> String {
        guard summary.isChanged else { return "nothing changes" }
        if summary.tokensAfter == 0 { return "no token follows the last edit" }
        if let equal = summary.equalAfter {
            return equal == 0
                ? "the states are equal after the last edit"
                : "the states are equal again \(equal) tokens after the last edit"
        }
        if let faded = summary.fadedAfter {
            return "the effect is below 1% after \(faded) tokens"
        }
        let last = summary.finalEffect.map { percentage($0) } ?? "?"
        return "the effect is still \(last) at the end, \(summary.tokensAfter) tokens after the "
            + "last edit"
    }
}
