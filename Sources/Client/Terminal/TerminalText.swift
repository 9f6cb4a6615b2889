import Wire

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
