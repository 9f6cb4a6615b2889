/// A token of an encoding and its end in the text.
struct Link: Equatable {
    let token: Int32
    let end: Int
}

/// The encodings of every prefix of a range of text, byte by byte.
///
/// Each encoding is stored as its last token: the tokens before it are the encoding of a shorter
/// prefix. The last token is the only token at the end of the prefix that can follow the encoding
/// of the rest (see `TokenPairs`).
struct PrefixEncodings {
    private let tokenizer: BPETokenizer
    private var start = 0

    /// The last token of the encoding of `start..<start + i + 1`: `[bytes]`.
    private var last: [Int32] = []

    /// The number of candidates for a last token that have been examined.
    private(set) var stepCount = 0

    init(_ tokenizer: BPETokenizer) { self.tokenizer = tokenizer }

    /// Clears the encodings, for another text.
    mutating func removeAll() { last.removeAll(keepingCapacity: true) }

    /// Removes the encodings of prefixes that end after `end`.
    mutating func truncate(to end: Int) {
        if last.count > end - start { last.removeLast(last.count - max(0, end - start)) }
    }

    mutating func encode(_ range: Range<Int>, of text: [UInt8], pairs: inout TokenPairs) {
        if range.lowerBound != start {
            start = range.lowerBound
            removeAll()
        }
        while start + last.count < range.upperBound {
            last.append(lastToken(endingAt: start + last.count + 1, of: text, pairs: &pairs))
        }
    }

    /// The last token of the encoding of `start..<end`; nil when that is empty.
    func lastToken(at end: Int) -> Int32? {
        end > start ? last[end - start - 1] : nil
    }

    /// The encoding of `start..<end`.
    func links(to end: Int) -> [Link] {
        var links: [Link] = []
        var end = end
        while let token = lastToken(at: end) {
            links.append(Link(token: token, end: end))
            end -= tokenizer.vocabulary.byteCount(of: token)
        }
        links.reverse()
        return links
    }

    private mutating func lastToken(
        endingAt end: Int, of text: [UInt8], pairs: inout TokenPairs
    ) -> Int32 {
        var node = ByteTrie.root
        var begin = end
        while begin > start, let next = tokenizer.backward.child(of: node, text[begin - 1]) {
            node = next
            begin -= 1
            stepCount += 1
            guard let token = tokenizer.backward.token(at: node) else { continue }
            guard let previous = lastToken(at: begin) else { return token }
            if pairs.isEncoding(previous, token) { return token }
        }
        preconditionFailure("a byte without a token")
    }
}
