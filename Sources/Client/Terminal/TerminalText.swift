/// Text from elsewhere made safe to print: a terminal obeys control characters, so none is sent.
extension String {
    /// Control characters and those that turn the direction of text, as `\u{1B}`.
    ///
    /// - Parameter keepingLayout: let line feeds and tabs stand, CR before LF vanish.
    package func escapedForTerminal(keepingLayout: Bool = false) -> String {
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

extension Unicode.Scalar {
    /// Control characters, line and paragraph separators, and explicit direction marks, which
    /// could show text in another order than it has.
    fileprivate var steersTerminal: Bool {
        switch value {
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
        default:
            switch properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            default: false
            }
        }
    }
}
