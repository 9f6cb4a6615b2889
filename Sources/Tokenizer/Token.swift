/// One token of a text.
package struct Token: Hashable, Sendable {
    /// Its index in the vocabulary.
    package let id: Int32

    /// The number of bytes of the source text that it covers. Over a text these sum to its length.
    ///
    /// Source bytes that are not UTF-8 count for the token that contains the end of their U+FFFD.
    package let byteCount: Int
}
