/// The working memory of one thread, for any number of streams. It holds no state of a stream.
package final class TokenEncoder {
    /// Nil for a byte tokenizer.
    var bpe: BPEEncoder?

    init(bpe: BPEEncoder?) { self.bpe = bpe }
}
