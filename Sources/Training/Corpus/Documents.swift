/// How a text file is divided into documents. A document begins with the start token and a zero
/// state.
package enum Documents: String, CaseIterable, Sendable {
    case file, line
    /// From one title, a line between empty lines, to the next.
    case article
}

extension Documents {
    /// The byte ranges of the documents of a prepared text, in order. They cover the text, except
    /// for empty lines between documents that are lines.
    ///
    /// - Parameter group: the number of consecutive units that form one document.
    func split(_ text: [UInt8], group: Int) -> [Range<Int>] {
        let begins: [Int]
        switch self {
        case .file: return text.isEmpty ? [] : [0..<text.count]
        case .line: begins = Self.lineBegins(text).filter { text[$0] != Self.newline }
        case .article: begins = Self.articleBegins(text)
        }
        let first = stride(from: 0, to: begins.count, by: max(1, group)).map { begins[$0] }
        return first.indices.map { index in
            first[index]..<(index + 1 < first.count ? first[index + 1] : text.count)
        }
    }

    /// The text as `split` expects it. For lines and articles, a carriage return at the end of a
    /// line or of the text is removed, as when lines are published.
    func prepared(_ text: [UInt8]) -> [UInt8] {
        guard self != .file, text.contains(Self.carriageReturn) else { return text }
        var lines: [UInt8] = []
        lines.reserveCapacity(text.count)
        for (index, byte) in text.enumerated() {
            let endsLine = index + 1 == text.count || text[index + 1] == Self.newline
            if byte != Self.carriageReturn || !endsLine { lines.append(byte) }
        }
        return lines
    }

    private static let carriageReturn = UInt8(ascii: "\r")
    private static let newline = UInt8(ascii: "\n")

    private static func lineBegins(_ text: [UInt8]) -> [Int] {
        var begins = text.isEmpty ? [] : [0]
        for index in text.indices where text[index] == newline && index + 1 < text.count {
            begins.append(index + 1)
        }
        return begins
    }

    /// An article begins at a title: a line between two empty lines, or between the start of the
    /// text and an empty line. The next paragraph is its text, even if it is a single line.
    private static func articleBegins(_ text: [UInt8]) -> [Int] {
        let lines = lineBegins(text)
        func isEmpty(_ line: Int) -> Bool { text[lines[line]] == newline }
        var begins: [Int] = []
        var followsTitle = false
        for line in lines.indices where !isEmpty(line) && (line == 0 || isEmpty(line - 1)) {
            let isAlone = line + 1 < lines.count && isEmpty(line + 1)
            if isAlone && !followsTitle { begins.append(lines[line]) }
            followsTitle = isAlone && !followsTitle
        }
        if let first = lines.first, begins.first != first { begins.insert(first, at: 0) }
        return begins
    }
}
