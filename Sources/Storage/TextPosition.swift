/// A place in one incarnation of a stream: after all requests before `sequence` and so many bytes of
/// this one's text.
package struct TextPosition: Hashable, Comparable, Sendable {
    package let sequence: UInt64
    package let offset: UInt64

    package init(sequence: UInt64, offset: UInt64 = 0) {
        self.sequence = sequence
        self.offset = offset
    }

    package static func < (a: TextPosition, b: TextPosition) -> Bool {
        (a.sequence, a.offset) < (b.sequence, b.offset)
    }
}
