internal import PlainText

extension [UInt8] {
    /// For a terminal: `\u009b` replaces each control character that is not ASCII. Our own output has
    /// none; JSON may hold some, in names and texts of others.
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
