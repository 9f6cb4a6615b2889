import Foundation
import Model
import Synchronization
import Testing
import Tokenizer

@testable import Training

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

    private static func load(
        _ recipe: Recipe = recipe, threads: Int, questions: Int = .max
    ) throws -> (TrainingCorpora, Int) {
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
        // Empty lines between documents and carriage returns at line ends belong to no document.
        let wanted = bytes.split(separator: 0x0A)
            .flatMap { $0.last == 0x0D ? $0.dropLast() : $0 }
        let corpus = corpora.all[0].tokens
        #expect(wanted == corpus.tokens.filter { $0 != 0x0A }.map { UInt8($0) })
        #expect(corpus.byteCount == corpus.tokens.count)
        #expect(corpora.validationText?.tokens == corpus.tokens)
    }

    @Test func itStopsWhereverItIsAsked() throws {
        let (recipe, table) = try Self.withNGrams()
        defer { try? FileManager.default.removeItem(at: table) }
        let (corpora, questions) = try Self.load(recipe, threads: 1)
        #expect(corpora.ngrams?.ratios.isEmpty == false)
        #expect(questions > 20)
        var works: Set<String> = []
        for count in 0..<questions {
            let error = #expect(throws: CorpusError.self) {
                try Self.load(recipe, threads: 1, questions: count)
            }
            guard case .interrupted(let work)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            works.insert(work.contains("n-grams") ? work : "read")
        }
        #expect(works == ["read", "counted n-grams"])
    }

    @Test func ngramsAreCountedOnlyWhereTheRecipeAsksForThem() throws {
        var (recipe, table) = try Self.withNGrams()
        defer { try? FileManager.default.removeItem(at: table) }
        recipe.network.heads.sentimentNGrams = 0
        #expect(try Self.load(recipe, threads: 1).0.ngrams == nil)
    }

    /// A recipe with a table. The caller removes its file.
    private static func withNGrams() throws -> (Recipe, table: URL) {
        let table = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).tsv")
        try ("label\ttext\n" + String(repeating: "1\ta joy\n0\tdull\n", count: 6))
            .write(to: table, atomically: true, encoding: .utf8)
        var recipe = recipe
        var labelled = Recipe.LabelledSource()
        (labelled.files, labelled.lanes) = ([table.path], 1)
        recipe.labelled = [labelled]
        recipe.network.heads = .init(next: true, sentiment: true)
        recipe.network.heads.sentimentNGrams = 2
        return (recipe, table)
    }
}
