/// Passes on the text of a file that comes piece by piece: without its byte-order mark, and not at
/// all where it is no text. Bytes are held back only while it cannot be told.
package struct TextStartFilter: Sendable {
    private var held: [UInt8]? = []
    private let guessesEncoding: Bool

    /// - Parameter guessesEncoding: also tell UTF-16 and UTF-32 without a byte-order mark, by the
    ///   first piece.
    package init(guessesEncoding: Bool) { self.guessesEncoding = guessesEncoding }

    /// One that lets everything pass.
    package static var open: TextStartFilter {
        var filter = TextStartFilter(guessesEncoding: false)
        filter.held = nil
        return filter
    }

    /// The next bytes of the text; none while it is not decided whether they are text.
    package mutating func pass(_ bytes: [UInt8]) throws(ForeignText) -> [UInt8] {
        guard let held else { return bytes }
        return try decide(held + bytes, isWhole: false)
    }

    /// What is left at the file's end.
    package mutating func finish() throws(ForeignText) -> [UInt8] {
        guard let held, !held.isEmpty else { return [] }
        return try decide(held, isWhole: true)
    }

    private mutating func decide(
        _ bytes: [UInt8], isWhole: Bool
    ) throws(ForeignText) -> [UInt8] {
        switch TextStart(of: bytes[...], isWhole: isWhole, guessesEncoding: guessesEncoding) {
        case .undecided:
            held = bytes
            return []
        case .text(let markLength):
            held = nil
            return Array(bytes.dropFirst(markLength))
        case .foreign(let found): throw found
        }
    }
}
