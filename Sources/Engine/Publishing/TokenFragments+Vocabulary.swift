package import Tokenizer
package import Wire

extension TokenFragments {
    /// What events say of each token of a vocabulary.
    package init(_ vocabulary: Vocabulary) {
        self.init(count: vocabulary.count) { Array(vocabulary.bytes(of: $0)) }
    }
}
