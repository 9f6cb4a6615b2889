import Engine
import PlainText
import Terminal

/// What `ctl top` shows, as lines.
struct TopText {
    let view: TopView
    let order: TopView.Order

    private static let totals = [
        ("tokens", "tokens/s"), ("requests", "requests/s"), ("events", "events/s"),
        ("commits", "commits/s"),
    ]
    private static let titles = ["tokens/s", "tokens", "messages", "epoch", "where", "stream"]
    private static let table = TextTable(
        titles, widths: [10, 14, 10, 6, 8, 0], leftColumns: [4, 5])

    /// - Parameter count: how many streams at most.
    func lines(streams count: Int) -> [String] {
        [totals, "", Self.table.row(Self.titles)]
            + view.rows(order).prefix(count).map { Self.table.row(cells($0)) }
    }

    private var totals: String {
        let rates = Self.totals.compactMap { name, title in
            view.rate(name).map { "\(Self.number($0)) \(title)" }
        }
        let levels = ["streams", "open", "connections"].compactMap { name in
            view.sample.counters[name].map { "\(Int(clamping: $0).grouped) \(name)" }
        }
        return (rates + levels).joined(separator: "   ")
    }

    private func cells(_ row: TopView.Row) -> [String] {
        let stream = row.stream
        return [
            Self.number(row.rate), Int(clamping: stream.tokens).grouped,
            stream.messages.map { Int(clamping: $0).grouped } ?? "-", "\(stream.epoch)",
            stream.residence.rawValue, stream.stream.escapedForTerminal(),
        ]
    }

    /// One digit after the point below 100.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths >= 1000 ? (tenths / 10).grouped : "\(tenths / 10).\(tenths % 10)"
    }
}
