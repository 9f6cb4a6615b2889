/// A tokenizer whose tokens are the bytes, with ids `0..<256`.
package struct ByteTokenizer: TokenizerModel {
    package let vocabulary = Vocabulary((UInt8.min...UInt8.max).map { [$0] })

    package init() {}

    package func makeEncoder() -> TokenEncoder { TokenEncoder(bpe: nil) }
}
