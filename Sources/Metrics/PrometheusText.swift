/// The text format of Prometheus, version 0.0.4: `HELP`, `TYPE` and the samples of each metric.
///
/// All samples of one metric are together, however many parts have it.
package struct PrometheusText {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private struct Family {
        let declaration: MetricDeclaration
        var lines: [String] = []
    }

    private var families: [String: Family] = [:]
    private var order: [String] = []

    package init() {}

    /// - Parameter labels: which of several parts the metric is of.
    package mutating func add(_ metric: any Metric, labels: [MetricSample.Label] = []) {
        let samples = metric.samples
        guard !samples.isEmpty else { return }
        let declaration = metric.declaration
        let name = declaration.exposedName
        if families[name] == nil {
            families[name] = Family(declaration: declaration)
            order.append(name)
        }
        families[name]?.lines += samples.map {
            "\(name)\($0.suffix)\(Self.text(labels + $0.labels)) \(Self.number($0.value))"
        }
    }

    package var text: String {
        var text = ""
        for family in order.compactMap({ families[$0] }) {
            let declaration = family.declaration
            let name = declaration.exposedName
            text += "# HELP \(name) \(Self.escaped(declaration.help))\n"
            text += "# TYPE \(name) \(declaration.kind.rawValue)\n"
            text += family.lines.joined(separator: "\n") + "\n"
        }
        return text
    }

    private static func text(_ labels: [MetricSample.Label]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }
        return "{" + pairs.joined(separator: ",") + "}"
    }

    /// Without an exponent or a fraction where it is a whole number.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }

    private static func escaped(_ text: String, quotes: Bool = false) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
