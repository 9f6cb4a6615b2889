import Testing
import Tokenizer

@Suite struct FixtureTests {
    @Test(arguments: Fixture.all)
    func wholeTextsHaveTheTokensOfThePythonPackage(_ fixture: Fixture) {
        for example in fixture.cases {
            #expect(fixture.tokenizer.encode(example.bytes) == example.ids, "\(example.bytes)")
        }
    }

    @Test(arguments: Fixture.all)
    func theReferenceHasTheTokensOfThePythonPackage(_ fixture: Fixture) throws {
        let reference = try ReferenceTokenizer(fixture)
        for example in fixture.cases {
            #expect(reference.tokens(of: example.bytes).map(\.id) == example.ids)
        }
    }

    @Test(arguments: Fixture.all)
    func byteCountsSumToTheLengthOfTheText(_ fixture: Fixture) {
        for example in fixture.cases {
            let count = fixture.tokenizer.tokens(of: example.bytes).reduce(0) { $0 + $1.byteCount }
            #expect(count == example.bytes.count)
        }
    }

    @Test(arguments: Fixture.all)
    func tokensOfUTF8CoverTheirOwnBytes(_ fixture: Fixture) {
        for example in fixture.cases where String(validating: example.bytes, as: UTF8.self) != nil {
            var rest = example.bytes[...]
            for token in fixture.tokenizer.tokens(of: example.bytes) {
                #expect(
                    rest.prefix(token.byteCount) == fixture.tokenizer.vocabulary.bytes(of: token.id)
                )
                rest = rest.dropFirst(token.byteCount)
            }
        }
    }
}
