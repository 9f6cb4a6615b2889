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

extension [UInt8] {
    /// For a terminal, with `\u009b` in place of each character that could steer it and is not ASCII.
    /// No output of ours has any; JSON may, from whoever chose a name or a text.
    var withoutTerminalControls: [UInt8] {
        guard contains(where: { $0 >= 0x7F }) else { return self }
        var result: [UInt8] = []
        result.reserveCapacity(count)
        for scalar in String(decoding: self, as: UTF8.self).unicodeScalars {
            if scalar.value >= 0x7F, scalar.steersTerminal {
                let digits = String(scalar.value, radix: 16)
                result += "\\u\(String(repeating: "0", count: 4 - digits.count))\(digits)".utf8
            } else {
                result += UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter
            }
        }
        return result
    }
}
