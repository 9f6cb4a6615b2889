import Testing

@testable import Tokenizer

@Suite struct PreTokenizerTests {
    /// Merging within each pre-token gives the text's encoding, except for added tokens.
    @Test(arguments: Fixture.all) func cutsAsTheTokenizerDoes(_ fixture: Fixture) throws {
        let tokenizer = fixture.tokenizer
        let addedIDs = (0..<Int32(tokenizer.vocabulary.count)).filter {
            tokenizer.addedTokens.node(tokenizer.vocabulary.bytes(of: $0))
                .flatMap(tokenizer.addedTokens.token) == $0
        }
        let preTokenizer = PreTokenizer(addedTokens: addedIDs.map(tokenizer.vocabulary.text))
        var merging = Merging(tokenizer.merges, byteTokens: tokenizer.byteTokens)
        for example in fixture.cases {
            let text = Array(String(decoding: example.bytes, as: UTF8.self).utf8)
            var ids: [Int32] = []
            preTokenizer.cut(text) { ids += merging.encode(Array(text[$0])) }
            #expect(ids == example.ids.filter { !addedIDs.contains($0) })
        }
    }
}
