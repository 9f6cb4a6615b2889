import Plots
import TestSupport
import Testing

/// Charts as text.
@Suite struct TerminalTests {
    private func chart(_ series: [Series]) -> LineChart {
        LineChart(title: "title", x: Axis(label: "step"), y: Axis(label: "bits"), series: series)
    }

    private func isDots(_ character: Character) -> Bool {
        character.unicodeScalars.first.map { (0x2801...0x28FF).contains($0.value) } ?? false
    }

    @Test(arguments: [20, 40, 80, 133], [false, true])
    func aLegendIsAsWideAsItsChart(columns: Int, colors: Bool) {
        let names = (0..<9).map { "series \($0)" }
        let text = chart(names.map { Series(name: $0, points: [(0, 0), (1, 1)]) })
            .terminal(columns: columns, rows: 15, colors: colors)
        let plain = text.replacing(/\u{1B}\[[0-9]*m/, with: "")
        for name in names { #expect(plain.contains(name)) }
        #expect(plain.split(separator: "\n").allSatisfy { $0.count <= columns }, "\n\(plain)")
    }

    @Test(arguments: [20, 40, 80, 133]) func noLineIsWider(columns: Int) {
        var random = SeededRandom(seed: 1)
        let points = (0..<100).map { (Double($0), Double.random(in: 0...1e6, using: &random)) }
        let text = chart([Series(name: "s", points: points)]).terminal(
            columns: columns, rows: 15, colors: false)
        let lines = text.split(separator: "\n")
        #expect(lines.allSatisfy { $0.count <= columns }, "\n\(text)")
        #expect(lines.count <= 16)
        #expect(lines.first == "title")
        for label in ["bits", "step"] { #expect(lines.contains { $0.contains(label) }) }
    }

    @Test func aRisingLineGoesFromBottomLeftToTopRight() throws {
        let text = chart([Series(name: "s", points: [(0, 0), (10, 10)])])
            .terminal(columns: 60, rows: 20, colors: false)
        let columns = text.split(separator: "\n").compactMap { line in
            Array(line).firstIndex(where: isDots)
        }
        #expect(columns.count > 10)
        #expect(columns == columns.sorted(by: >))
        #expect(try #require(columns.last) < 10 && #require(columns.first) > 50)
    }

    @Test func severalSeriesAreToldApart() {
        let series = [
            Series(name: "train", points: [(0, 3), (10, 1)]),
            Series(name: "valid", points: [(0, 4), (10, 2)]),
        ]
        let plain = chart(series).terminal(columns: 60, rows: 20, colors: false)
        #expect(plain.contains("a train   b valid"))
        #expect(!plain.contains("\u{1B}"))
        let colored = chart(series).terminal(columns: 60, rows: 20, colors: true)
        #expect(colored.contains("\u{1B}[34m") && colored.contains("\u{1B}[33m"))
    }

    @Test func scatteredPointsHaveTheirNames() {
        let chart = ScatterChart(
            title: "models", x: Axis(label: "tokens/s"), y: Axis(label: "bits"),
            points: [("lstm", 1, 2), ("gru", 2, 1), ("rnn", 2.02, 1.02)])
        let text = chart.terminal(columns: 60, rows: 16, colors: false)
        for name in ["lstm", "gru", "rnn"] { #expect(text.contains(name), "\n\(text)") }
    }

    @Test func barsAreAsLongAsTheirValues() {
        let chart = BarChart(
            title: "bits", x: Axis(label: "", range: 0...4),
            bars: [("half", 2), ("all", 4)], digits: 1)
        let lines = chart.terminal(columns: 60, rows: 10, colors: false).split(separator: "\n")
            .dropFirst()
        let lengths = lines.map { line in line.count { $0 == "█" } }
        #expect(lengths[1] == 2 * lengths[0] && lengths[0] > 10)
        #expect(lines.last?.hasSuffix(" 4.0") == true)
    }
}
