import Foundation
import Synchronization
import Testing
import Tokenizer
import Training

@Suite struct CorpusLoaderTests {
    private static var recipe: Recipe {
        var recipe = Recipe()
        var text = Recipe.TextSource()
        text.files = [Fixtures.path("prose.txt"), Fixtures.path("streams.txt.xz")]
        (text.documents, text.lanes) = (.line, 2)
        recipe.texts = [text]
        recipe.validation.texts = [text]
        return recipe
    }

    private static func load(threads: Int, questions: Int = .max) throws -> (TrainingCorpora, Int) {
        let asked = Atomic(0)
        let loader = CorpusLoader(
            recipe, tokenizer: ByteTokenizer(), threads: threads,
            isStopped: { asked.add(1, ordering: .relaxed).newValue > questions },
            progress: { _ in })
        return (try loader.load(), asked.load(ordering: .relaxed))
    }

    @Test(arguments: [1, 2, 5]) func everyByteIsReadOnceInOrder(threads: Int) throws {
        let (corpora, _) = try Self.load(threads: threads)
        let bytes = try Fixtures.bytes("prose.txt") + Fixtures.bytes("streams.txt")
        // Empty lines between documents are in none.
        let wanted = bytes.split(separator: 0x0A).joined()
        let corpus = corpora.all[0].tokens
        #expect(Array(wanted) == corpus.tokens.filter { $0 != 0x0A }.map { UInt8($0) })
        #expect(corpus.byteCount == corpus.tokens.count)
        #expect(corpora.validationText?.tokens == corpus.tokens)
    }

    @Test func itStopsWhereverItIsAsked() throws {
        let (_, questions) = try Self.load(threads: 1)
        #expect(questions > 20)
        for count in stride(from: 0, to: questions, by: max(1, questions / 20)) {
            let error = #expect(throws: CorpusError.self) {
                try Self.load(threads: 1, questions: count)
            }
            guard case .interrupted? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
    }
}
