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

    @Test func manyZerosAreAnExponent() {
        let chart = LineChart(
            title: "t", x: Axis(label: "x"), y: Axis(label: "y", scale: .log),
            series: [Series(name: "one", points: [(x: 0, y: 1e-18), (x: 1, y: 1e15)])])
        let text = chart.element(width: 400, height: 300)
        #expect(text.contains("e-1") && text.contains("e+1"))
        #expect(!text.contains("000000000"))
    }
}
