/// One token of a text.
package struct Token: Hashable, Sendable {
    /// Its place in the vocabulary.
    package let id: Int32

    /// How many bytes of the source text it covers; over a text these sum to its length.
    ///
    /// Source bytes that are not UTF-8 count with the token that holds the end of their U+FFFD.
    package let byteCount: Int

    package init(id: Int32, byteCount: Int) {
        self.id = id
        self.byteCount = byteCount
    }
}
