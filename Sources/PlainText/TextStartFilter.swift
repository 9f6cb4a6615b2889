/// Passes on the text of a file that comes piece by piece: without its byte-order mark, and not at
/// all where it is not text. Bytes are held back only while this is not known.
package struct TextStartFilter: Sendable {
    private var held: [UInt8]? = []
    private let refusesBinary: Bool

    /// UTF-16 and UTF-32 without a byte-order mark are recognised by the first piece.
    ///
    /// - Parameter refusesBinary: also what has zeros and is no UTF-8 there, whatever it may be.
    package init(refusesBinary: Bool) { self.refusesBinary = refusesBinary }

    /// One that lets everything pass.
    package static var open: TextStartFilter {
        var filter = TextStartFilter(refusesBinary: false)
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
        switch TextStart(of: bytes[...], isWhole: isWhole, refusesBinary: refusesBinary) {
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
