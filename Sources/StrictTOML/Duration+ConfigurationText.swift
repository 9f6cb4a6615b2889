/// Durations as text: a number and a unit, `250ms`, `1.5s`, `10m`.
extension Duration {
    /// Largest first, in nanoseconds.
    private static let units: [(name: String, nanoseconds: Int64)] = [
        ("h", 3_600_000_000_000), ("m", 60_000_000_000), ("s", 1_000_000_000),
        ("ms", 1_000_000), ("us", 1000), ("ns", 1),
    ]

    /// Nil if the text is invalid, negative or too large.
    package init?(configurationText text: String) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unitName = text.dropFirst(number.count)
        guard let unit = Self.units.first(where: { $0.name == unitName }) else { return nil }
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), let whole = Int64(parts[0]),
            let rest = Self.fraction(parts.dropFirst().first ?? "", of: unit.nanoseconds)
        else { return nil }
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: unit.nanoseconds)
        guard !overflow, scaled <= Int64.max - rest else { return nil }
        self = .nanoseconds(scaled + rest)
    }

    /// The fraction of a unit: `25` of 1000 is 250. Nil if the result is not a whole number.
    private static func fraction(_ digits: Substring, of unit: Int64) -> Int64? {
        var result: Int64 = 0
        var unit = unit
        for digit in digits {
            guard unit.isMultiple(of: 10), let value = digit.wholeNumberValue else { return nil }
            unit /= 10
            result += Int64(value) * unit
        }
        return result
    }

    /// The shortest text without a fraction, exact to the nanosecond.
    package var configurationText: String {
        let (seconds, attoseconds) = components
        let (high, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let nanoseconds = overflow ? Int64.max : high + attoseconds / 1_000_000_000
        guard nanoseconds != 0,
            let unit = Self.units.first(where: { nanoseconds.isMultiple(of: $0.nanoseconds) })
        else { return "0s" }
        return "\(nanoseconds / unit.nanoseconds)\(unit.name)"
    }
}
