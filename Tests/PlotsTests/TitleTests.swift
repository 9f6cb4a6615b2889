import Plots
import Testing

@Suite struct TitleTests {
    @Test func chartsSayTheirTitleWhateverItHolds() {
        let chart = LineChart(
            title: "a < b & c", x: Axis(label: "step"), y: Axis(label: "loss"),
            series: [Series(name: "one", points: [(x: 0, y: 1), (x: 1, y: 2)])])
        #expect(chart.element(width: 400, height: 300).contains("a &lt; b &amp; c"))
        #expect(chart.terminal(columns: 60, rows: 12, colors: false).contains("a < b & c"))
    }
}
