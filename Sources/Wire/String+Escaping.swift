extension Unicode.Scalar {
    /// Control characters, line and paragraph separators, and explicit direction marks: a terminal
    /// obeys them, a log would show one line as several, and a text could be shown in another order
    /// than it has.
    package var steersTerminal: Bool {
        switch value {
        case 0x20..<0x7F: false
        case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default:
            switch properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}

extension String {
    /// On one line, with such characters as `\u{1B}`.
    package func escapedOnOneLine() -> String {
        guard unicodeScalars.contains(where: \.steersTerminal) else { return self }
        var result = ""
        result.reserveCapacity(utf8.count)
        for scalar in unicodeScalars {
            if scalar.steersTerminal {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
