/// What a metric is: declared once, where it is counted, and read by the log, `status` and Prometheus.
package struct MetricDeclaration: Sendable {
    package enum Kind: String, Sendable {
        /// Only grows, from 0 at the start of the process.
        case counter
        /// A present level.
        case gauge
        case histogram
    }

    /// Prometheus has base units only.
    package enum Unit: String, Sendable {
        case none = ""
        case bytes
        case seconds
    }

    /// In the log and in `status`.
    package let name: String
    package let kind: Kind
    package let unit: Unit
    /// One sentence, without a period.
    package let help: String
    /// Name of the label that its samples differ by, if it has several.
    package let label: String?
    /// For Prometheus: with prefix, unit and `_total`.
    package let exposedName: String

    /// - Parameter exposedAs: the middle of the name for Prometheus, where `name` is no good one there.
    init(
        _ name: String, _ kind: Kind, _ unit: Unit, _ help: String, label: String? = nil,
        exposedAs: String? = nil
    ) {
        (self.name, self.kind, self.unit, self.help, self.label) = (name, kind, unit, help, label)
        exposedName = Self.expose(exposedAs ?? name, kind, unit)
    }

    private static func expose(_ name: String, _ kind: Kind, _ unit: Unit) -> String {
        // The standard names of a process have no prefix of the program.
        var exposed = name.hasPrefix("process_") ? "" : "sluice_"
        exposed += String(name.map { $0 == "." ? "_" : $0 })
        if unit != .none, !exposed.hasSuffix("_" + unit.rawValue) { exposed += "_" + unit.rawValue }
        return kind == .counter ? exposed + "_total" : exposed
    }
}
