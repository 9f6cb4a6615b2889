/// Divides whole texts into pre-tokens. Byte-level BPE merges only within a pre-token.
package struct PreTokenizer: Sendable {
    private let addedTokens: ByteTrie

    /// Whether an added token begins with the byte: `[256]`.
    private let begins: [Bool]

    /// Added tokens are omitted from the text, and divide it.
    package init(addedTokens: [String] = []) {
        let keys = addedTokens.map { Array($0.utf8) }
        self.addedTokens = ByteTrie(keys.map { (key: $0, token: 0) })
        var begins = [Bool](repeating: false, count: 256)
        for case let first? in keys.map(\.first) { begins[Int(first)] = true }
        self.begins = begins
    }

    /// Calls `body` with the byte range of each pre-token of a text, which must be UTF-8.
    package func cut<Failure: Error>(
        _ text: [UInt8], body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        var index = 0
        while index < text.count {
            if begins[Int(text[index])],
                let end = addedTokens.search(text, from: index).match?.textEnd
            {
                try cut(text, start..<index, body)
                start = end
                index = end
            } else {
                index += 1
            }
        }
        try cut(text, start..<index, body)
    }

    private func cut<Failure: Error>(
        _ text: [UInt8], _ piece: Range<Int>, _ body: (Range<Int>) throws(Failure) -> Void
    ) throws(Failure) {
        var state = PreTokenizerState.start
        var (start, previous, index) = (piece.lowerBound, piece.lowerBound, piece.lowerBound)
        func end(at end: Int) throws(Failure) {
            guard end > start else { return }
            try body(start..<end)
            start = end
        }
        while index < piece.upperBound {
            let (scalar, byteCount) = Self.scalar(of: text, at: index)
            let step = state.reading(scalar, CharacterClass(of: scalar))
            if step.endsBeforePrevious { try end(at: previous) }
            if step.endsBefore { try end(at: index) }
            state = step.state
            previous = index
            index += byteCount
        }
        if state.endsBeforeLastAtEnd { try end(at: previous) }
        try end(at: index)
    }

    /// Decodes a scalar of valid UTF-8.
    private static func scalar(of text: [UInt8], at index: Int) -> (UInt32, byteCount: Int) {
        let lead = UInt32(text[index])
        guard lead >= 0x80 else { return (lead, 1) }
        let byteCount = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        var scalar = lead & (0x7F >> UInt32(byteCount))
        for offset in 1..<byteCount { scalar = scalar << 6 | UInt32(text[index + offset]) & 0x3F }
        return (scalar, byteCount)
    }
}
