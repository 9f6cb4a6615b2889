/// A bar chart as text: a line for each bar, with a resolution of an eighth of a character.
struct TerminalBars {
    let chart: BarChart
    let columns: Int
    private static let parts = Array(" ▏▎▍▌▋▊▉█")

    func text(colors: Bool) -> String {
        let values = chart.bars.map { $0.value.decimal(digits: chart.digits) }
        let nameWidth = chart.bars.map(\.name.count).max() ?? 0
        let room = max(columns - nameWidth - (values.map(\.count).max() ?? 0) - 3, 4)
        let scale = AxisScale(chart.x, values: [0] + chart.bars.map(\.value), ticks: 4)
        let lines = zip(chart.bars, values).map { bar, value in
            let name = bar.name + String(repeating: " ", count: nameWidth - bar.name.count)
            let length = max(0, min(1, scale.position(of: bar.value) ?? 0)) * Double(room)
            return "\(name) ▕"
                + TerminalFrame.colored(Self.bar(length), index: 0, colors) + " \(value)"
        }
        let label = chart.x.label.isEmpty ? [] : [chart.x.label]
        return ([chart.title] + label + lines).joined(separator: "\n") + "\n"
    }

    private static func bar(_ length: Double) -> String {
        let eighths = Int((length * 8).rounded())
        let last = eighths % 8 == 0 ? "" : String(parts[eighths % 8])
        return String(repeating: "█", count: eighths / 8) + last
    }
}
