extension Unicode.Scalar {
    /// Control characters, line and paragraph separators, and explicit direction marks. A terminal
    /// obeys them, a log would show one line as several, and text would appear in another order.
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
    /// Text of others made safe to print: characters that steer a terminal as `\u{1B}`.
    ///
    /// - Parameter keepingLayout: keep line feeds and tabs, and drop CR before LF.
    package func escapedForTerminal(keepingLayout: Bool = false) -> String {
        guard unicodeScalars.contains(where: \.steersTerminal) else { return self }
        let source = keepingLayout ? replacing("\r\n", with: "\n") : self
        var result = ""
        result.reserveCapacity(source.utf8.count)
        for scalar in source.unicodeScalars {
            if keepingLayout, scalar == "\n" || scalar == "\t" {
                result.unicodeScalars.append(scalar)
            } else if scalar.steersTerminal {
                result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
