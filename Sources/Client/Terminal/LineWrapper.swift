/// Breaks running text into lines before the terminal would.
///
/// A terminal that has filled a line's last column is in a state of its own ("pending wrap") that
/// moving the cursor to a status line and back would lose; so no text reaches that column.
struct LineWrapper: Sendable {
    /// Of the terminal; nil for no breaks.
    var columns: Int?
    /// Columns of the present line that are taken.
    private(set) var column = 0

    var isAtLineStart: Bool { column == 0 }

    mutating func startLine() { column = 0 }

    /// The text with line feeds put in. A text that does not fit begins a new line, and is broken
    /// itself only if it is longer than that.
    mutating func wrap(_ text: String) -> String {
        var result = ""
        for (index, line) in text.split(
            separator: "\n", omittingEmptySubsequences: false
        ).enumerated() {
            if index > 0 { breakLine(&result) }
            wrap(line: line, into: &result)
        }
        return result
    }

    private mutating func wrap(line: Substring, into result: inout String) {
        var line = line
        if !fits(line.columns), column > 0 {
            breakLine(&result)
            if line.first == " " { line.removeFirst() }
        }
        for character in line {
            if !fits(character.columns), column > 0 { breakLine(&result) }
            result.append(character)
            column += character.columns
        }
    }

    private func fits(_ count: Int) -> Bool {
        columns.map { column + count < $0 } ?? true
    }

    private mutating func breakLine(_ result: inout String) {
        result += "\n"
        column = 0
    }
}

extension StringProtocol {
    /// Columns that terminals give it.
    package var columns: Int { reduce(0) { $0 + $1.columns } }

    /// Its beginning that takes no more columns than that.
    package func prefix(columns: Int) -> SubSequence {
        var left = columns
        return prefix { character in
            left -= character.columns
            return left >= 0
        }
    }
}

extension Character {
    /// Columns that terminals give it: 2 for East Asian wide characters and emoji, at most 8 for a
    /// tab. Unicode Standard Annex 11, in its main ranges.
    package var columns: Int {
        guard self != "\t" else { return 8 }
        return unicodeScalars.contains { $0.isWide } ? 2 : 1
    }
}

extension Unicode.Scalar {
    fileprivate var isWide: Bool {
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
            0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6,
            0x1F300...0x1F64F, 0x1F680...0x1FAFF, 0x20000...0x3FFFD:
            true
        default: properties.isEmojiPresentation
        }
    }
}
