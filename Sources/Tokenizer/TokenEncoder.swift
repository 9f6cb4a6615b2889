/// The working memory of one thread for tokenising any number of streams. Holds none of them.
package final class TokenEncoder {
    /// Nil for a byte tokenizer.
    var bpe: BPEEncoder?

    init(bpe: BPEEncoder?) { self.bpe = bpe }
}
