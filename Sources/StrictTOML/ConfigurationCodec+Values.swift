extension ConfigurationCodec where Value == Bool {
    package static var flag: Self {
        Self(
            expecting: "true or false",
            read: { if case .flag(let flag) = $0 { flag } else { nil } },
            encode: { .flag($0) })
    }
}

extension ConfigurationCodec where Value: BinaryInteger {
    package static func integer(_ range: ClosedRange<Value>) -> Self {
        Self(
            expecting: "an integer from \(range.lowerBound) to \(range.upperBound)",
            read: { value in
                guard case .integer(let number) = value else { return nil }
                return Value(exactly: number).flatMap { range.contains($0) ? $0 : nil }
            }, encode: { .integer(Int($0)) })
    }
}

extension ConfigurationCodec where Value == Double {
    /// Accepts integers too.
    package static func number(_ range: ClosedRange<Double>) -> Self {
        Self(
            expecting: "a number from \(range.lowerBound) to \(range.upperBound)",
            read: { value in
                switch value {
                case .number(let number): range.contains(number) ? number : nil
                case .integer(let number): range.contains(Double(number)) ? Double(number) : nil
                default: nil
                }
            }, encode: { .number($0) })
    }
}

extension ConfigurationCodec where Value == String {
    package static func text(expecting expectation: String, allowsEmpty: Bool) -> Self {
        Self(
            expecting: expectation,
            read: { value in
                guard case .text(let text) = value, allowsEmpty || !text.isEmpty else { return nil }
                return text
            }, encode: { .text($0) })
    }
}

extension ConfigurationCodec where Value == Duration {
    package static func duration(_ range: ClosedRange<Duration>) -> Self {
        Self(
            expecting: "a duration from \"\(range.lowerBound.configurationText)\" to "
                + "\"\(range.upperBound.configurationText)\", such as \"250ms\" or \"10s\"",
            read: { value in
                guard case .text(let text) = value,
                    let duration = Duration(configurationText: text),
                    range.contains(duration)
                else { return nil }
                return duration
            }, encode: { .text($0.configurationText) })
    }
}

extension ConfigurationCodec
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// The name of a case of the type.
    package static var choice: Self {
        let names = Value.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return Self(
            expecting: "one of \(names)",
            read: { if case .text(let name) = $0 { Value(rawValue: name) } else { nil } },
            encode: { .text($0.rawValue) })
    }
}
