import Engine
import PlainText
import Terminal

/// What `ctl top` shows, as lines.
struct TopText {
    let view: TopView
    let order: TopView.Order
    /// Of the terminal; nil for lines of any length.
    var columns: Int?

    /// The columns of the table. In a narrow terminal those with the lowest rank are left out.
    private enum Column: CaseIterable {
        case rate, tokens, messages, epoch, residence, name

        var title: String {
            switch self {
            case .rate: "tokens/s"
            case .tokens: "tokens"
            case .messages: "messages"
            case .epoch: "epoch"
            case .residence: "where"
            case .name: "stream"
            }
        }

        var width: Int {
            switch self {
            case .rate, .messages: 10
            case .tokens: 14
            case .epoch: 6
            case .residence: 8
            case .name: 0
            }
        }

        /// In the order in which they are left out.
        static let optional: [Column] = [.epoch, .residence, .messages, .tokens, .rate]
    }

    private static let totals = [
        ("tokens", "tokens/s"), ("requests", "requests/s"), ("events", "events/s"),
        ("commits", "commits/s"),
    ]
    /// Columns that the name of a stream has at least.
    private static let leastName = 20
    private static let help = "q quit   sort by: r rate, t tokens, m messages, n name"

    // MARK: Lines

    /// - Parameter count: how many streams at most.
    func lines(streams count: Int) -> [String] {
        totals + ["", table.row(shownColumns.map(\.title))]
            + view.rows(order).prefix(count).map { clipped(table.row(cells($0))) }
    }

    /// What fits a terminal: with the keys below.
    ///
    /// - Parameter rows: of the terminal.
    func screen(rows: Int) -> [String] {
        let all = view.sample.streams.count
        let room = max(0, rows - totals.count - 4)
        let shown = min(room, all)
        let state = "by \(order.rawValue), \(shown) of \(all.grouped) streams   " + Self.help
        let lines = lines(streams: room) + ["", clipped(state)]
        return Array(lines.prefix(rows))
    }

    /// In as many lines as the terminal needs.
    private var totals: [String] {
        let rates = Self.totals.compactMap { name, title in
            view.rate(name).map { "\(Self.number($0)) \(title)" }
        }
        let levels = [
            ("streams", "in memory"), ("streams.stored", "stored"),
            ("connections.open", "connections"),
        ].compactMap { name, title in
            view.sample.counters[name].map { "\(Int(clamping: $0).grouped) \(title)" }
        }
        var lines: [String] = []
        for part in rates + levels {
            let longer = lines.last.map { "\($0)   \(part)" } ?? part
            if lines.isEmpty || longer.columns > columns ?? .max {
                lines.append(part)
            } else {
                lines[lines.count - 1] = longer
            }
        }
        return lines.map(clipped)
    }

    // MARK: Table

    private var shownColumns: [Column] {
        var shown = Column.allCases
        for column in Column.optional {
            let taken = shown.reduce(0) { $0 + $1.width } + 2 * (shown.count - 1)
            guard let columns, columns - taken < Self.leastName else { break }
            shown.removeAll { $0 == column }
        }
        return shown
    }

    private var table: TextTable {
        let shown = shownColumns
        let left = shown.indices.filter { [.residence, .name].contains(shown[$0]) }
        return TextTable(
            shown.map(\.title), widths: shown.map(\.width), leftColumns: Set(left))
    }

    private func cells(_ row: TopView.Row) -> [String] {
        let stream = row.stream
        return shownColumns.map { column in
            switch column {
            case .rate: Self.number(row.rate)
            case .tokens: Int(clamping: stream.tokens).grouped
            case .messages: stream.messages.map { Int(clamping: $0).grouped } ?? "-"
            case .epoch: "\(stream.epoch)"
            case .residence: stream.residence.rawValue
            case .name: stream.stream.escapedForTerminal()
            }
        }
    }

    private func clipped(_ line: String) -> String {
        guard let columns, line.columns > columns else { return line }
        return String(line.prefix(columns: max(0, columns - 1))) + "…"
    }

    /// One digit after the point below 100.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths >= 1000 ? (tenths / 10).grouped : "\(tenths / 10).\(tenths % 10)"
    }
}
