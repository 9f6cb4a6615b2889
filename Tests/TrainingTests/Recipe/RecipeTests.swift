import Foundation
import Model
import Randomness
import StrictTOML
import Testing

@testable import Training

/// Valid recipe files, and the errors of invalid ones.
@Suite struct RecipeTests {
    private static let least = """
        [network]
        cell = "lstm"
        [[text]]
        files = ["a.txt"]
        lanes = 2
        [length]
        steps = 1
        """

    private static func read(_ text: String) throws(ConfigurationError) -> Recipe {
        try TOMLDocument.read(
            text, source: "recipe.toml", codec: Recipe.codec, inconsistencies: \.inconsistencies)
    }

    private static func refusal(_ text: String) -> String {
        do {
            _ = try read(text)
            return "none"
        } catch {
            return "\(error)"
        }
    }

    struct Mistake: CustomTestStringConvertible {
        let document: String
        let words: [String]
        var testDescription: String { words[0] }

        init(_ old: String, _ new: String, _ words: String...) {
            document = RecipeTests.least.replacing(old, with: new)
            self.words = words
        }

        init(of document: String, _ words: String...) {
            self.document = document
            self.words = words
        }
    }

    static let mistakes = [
        Mistake("lanes", "lane", "recipe.toml:5:1: text[0].lane:", "did you mean 'lanes'?"),
        Mistake("cell = ", "cel = ", "recipe.toml:2:1: network.cel:", "'cell'"),
        Mistake("\"lstm\"", "\"ltsm\"", "network.cell", "\"ltsm\"", "one of \"lstm\", \"gru\""),
        Mistake(
            "\"lstm\"", "\"lstm\"\nbidirectional = true", "network.bidirectional",
            "the reverse direction reads the tokens that must be predicted"),
        Mistake(
            "\"lstm\"", "\"lstm\"\nactivation = \"relu\"", "network.activation", "cell \"rnn\""),
        Mistake(
            "\"lstm\"", "\"lstm\"\nembedding_size = 8\ntie_weights = true", "network.tie_weights",
            "embedding_size 8 and hidden_size 128"),
        Mistake("\"lstm\"", "\"lstm\"\nnext = false", "expected at least one head"),
        Mistake("\"a.txt\"", "", "text[0].files", "is missing"),
        Mistake("lanes = 2", "", "text[0].lanes", "is missing"),
        Mistake("steps = 1", "", "length", "steps or epochs"),
        Mistake("steps = 1", "steps = 0", "length.steps", "the integer 0"),
        Mistake("[length]", "[window]\nwhole_texts = true\n[length]", "window.whole_texts", "one"),
        Mistake(
            "[length]",
            "[[labelled]]\nfiles = [\"a.tsv\"]\njoined = 0.5\nlanes = 1\n[window]\n"
                + "whole_texts = true\n[length]", "labelled.joined", "whole_texts"),
        Mistake(
            "[length]",
            "[[labelled]]\nfiles = [\"a.tsv\"]\nweight = 2.0\nlanes = 1\n[window]\n"
                + "whole_texts = true\n[length]", "labelled.weight", "no effect"),
        Mistake(
            "\"lstm\"", "\"lstm\"\nsentiment_ngrams = 2", "network.sentiment_ngrams",
            "needs a [[labelled]] source"),
        Mistake("[length]", "[ngrams]\nlimit = 9\n[length]", "ngrams", "sentiment_ngrams is 0"),
        Mistake(
            "[length]",
            "[[labelled]]\nfiles = [\"a.tsv\"]\nngrams = false\nlanes = 1\n[length]",
            "labelled.ngrams", "sentiment_ngrams is 0"),
        Mistake(
            "\"lstm\"", "\"lstm\"\nsentiment = true", "network.sentiment",
            "needs a [[labelled]] source"),
        Mistake(
            "[length]", "[[validation.labelled]]\nfiles = [\"a.tsv\"]\n[length]",
            "validation.labelled", "network.sentiment = true"),
        Mistake(
            of: """
                [network]
                cell = "lstm"
                next = false
                sentiment = true
                [[labelled]]
                files = ["a.tsv"]
                lanes = 1
                [length]
                steps = 1
                [[validation.text]]
                files = ["a.txt"]
                """, "validation.text", "network.next = true"),
        Mistake(
            "[length]", "[window]\nwhole_texts = true\n[length]\n[ngrams]\nminimum = 0",
            "ngrams.minimum", "the integer 0"),
        Mistake(
            "\"lstm\"", "\"lstm\"\nbidirectional = true\nsentiment_pooling = \"gated\"",
            "network.bidirectional", "\"last\""),
        Mistake(
            "[length]", "[schedule]\nkind = \"plateau\"\n[length]", "schedule.kind", "validate"),
        Mistake("[length]", "[optimiser]\nmomentum = 0.9\n[length]", "optimiser.momentum", "adamw"),
        Mistake("[length]", "[dropout]\ninput = 1.0\n[length]", "dropout.input", "0.9999"),
        Mistake(
            "[length]", "[[labelled]]\nfiles = [\"a\"]\nlanes = 1\n[length]", "labelled",
            "network.sentiment = true"),
    ]

    @Test(arguments: mistakes) func aMistakeIsNamed(_ mistake: Mistake) {
        let refusal = Self.refusal(mistake.document)
        for words in mistake.words { #expect(refusal.contains(words), "\(refusal)") }
    }

    @Test func theLeastRecipeHasTheDefaults() throws {
        var expected = Recipe()
        var text = Recipe.TextSource()
        (text.files, text.lanes) = (["a.txt"], 2)
        expected.texts = [text]
        expected.length.steps = 1
        #expect(try Self.read(Self.least) == expected)
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../deploy/recipes").standardized

    /// The README lists exactly the keys and the defaults of a recipe.
    @Test func theReadmeExplainsEveryKey() throws {
        let readme = try String(
            contentsOf: Self.folder.appending(path: "README.md"), encoding: .utf8)
        let document = try #require(
            readme.split(separator: "```toml\n").last?.split(separator: "```").first)
        var expected = Recipe()
        var text = Recipe.TextSource()
        (text.files, text.lanes) = (["english.train.txt.xz"], 48)
        expected.texts = [text]
        (text.files, text.lanes) = (["english.valid.txt.xz"], 0)
        expected.validation.texts = [text]
        expected.length.steps = 100_000
        #expect(try Self.read(String(document)) == expected)

        var random = SeededRandom(seed: 1, purpose: "recipes")
        for _ in 0..<50 {
            let all = Self.anyRecipe(&random).document
            for line in all.split(separator: "\n") {
                // An empty list means no tables.
                guard let key = line.split(separator: " = ").first, !line.hasSuffix(" = []"),
                    key != line
                else { continue }
                #expect(
                    document.contains("\n\(key) = ") || document.contains(" \(key) = "),
                    "\(line)")
            }
        }
    }

    @Test func theRecipesCanBeRead() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path)
        let recipes = names.filter { $0.hasSuffix(".toml") }
        #expect(recipes.contains("wikitext2.toml"))
        for name in recipes { _ = try Recipe(file: Self.folder.appending(path: name).path) }
        // Its inputs exist.
        try RecipeFiles.check(Recipe(file: Self.folder.appending(path: "first.toml").path))
    }

    @Test func relativePathsStartFromTheFile() throws {
        let folder = "/tmp/sluice-recipe-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let top = "tokenizer = \"t.json\"\nstart = \"/models/a\"\n"
        try Data((top + Self.least).utf8).write(to: URL(filePath: folder + "/r.toml"))
        let recipe = try Recipe(file: folder + "/r.toml")
        #expect(recipe.tokenizer == folder + "/t.json")
        #expect(recipe.start == "/models/a")
        #expect(recipe.texts[0].files == [folder + "/a.txt"])
    }

    @Test(arguments: 0..<50 as Range<UInt64>) func whatIsPrintedReadsBackEqual(seed: UInt64) throws
    {
        var random = SeededRandom(seed: seed, purpose: "recipes")
        let recipe = Self.anyRecipe(&random)
        #expect(recipe.inconsistencies.isEmpty)
        let document = recipe.document
        let again = try Self.read(document)
        #expect(again == recipe, "\(document)")
        #expect(again.document == document)
    }
}

extension RecipeTests {
    private static func anyRecipe(_ random: inout SeededRandom) -> Recipe {
        var recipe = Recipe()
        recipe.seed = .random(in: 0...UInt64(Int.max), using: &random)
        recipe.network.cell = any(&random)
        if recipe.network.cell == .rnn { recipe.network.activation = any(&random) }
        if recipe.network.cell == .gru { recipe.network.resetGate = any(&random) }
        recipe.network.layers = .random(in: 1...8, using: &random)
        recipe.network.skip = any(&random)
        recipe.network.separator = ["", "\n", " \"\\ é🙂\t"].randomElement(using: &random)!
        recipe.initialisation.recurrent = any(&random)
        recipe.initialisation.embedding = random.uniform()
        if Bool.random(using: &random) { recipe.tokenizer = "/a \"b\"/c\\d.json" }
        addSources(to: &recipe, &random)
        recipe.dropout.weight = random.uniform() / 2
        recipe.loss.labelSmoothing = random.uniform() / 2
        recipe.optimiser.kind = any(&random)
        recipe.optimiser.learningRate = max(1e-12, random.uniform() / 1e6)
        if recipe.optimiser.kind != .adamw { recipe.optimiser.momentum = random.uniform() / 2 }
        recipe.optimiser.clipNorm = Bool.random(using: &random) ? nil : 0.25
        recipe.optimiser.clipValue = Bool.random(using: &random) ? nil : 3
        recipe.length.epochs = Bool.random(using: &random) ? 0.1 + random.uniform() : nil
        recipe.length.steps = recipe.length.epochs == nil ? 1_000_000_000 : nil
        recipe.validation.patience = Bool.random(using: &random) ? nil : 0
        recipe.card.title = "A \"title\"\nof two lines"
        return recipe
    }

    private static func addSources(to recipe: inout Recipe, _ random: inout SeededRandom) {
        recipe.network.heads.sentiment = .random(using: &random)
        recipe.network.heads.sentimentPooling = any(&random)
        if recipe.network.heads.sentiment {
            recipe.network.heads.sentimentNGrams = .random(in: 0...3, using: &random)
        }
        if recipe.network.heads.sentimentNGrams > 0 {
            recipe.ngrams.minimum = .random(in: 1...9, using: &random)
            recipe.ngrams.limit = .random(in: 1...99, using: &random)
        }
        var text = Recipe.TextSource()
        (text.files, text.lanes) = (["/x/a.txt", "/x/b c.txt.xz"], 3)
        text.documents = any(&random)
        text.group = .random(in: 1...9, using: &random)
        recipe.texts = [text, text]
        recipe.validation.texts = [text]
        recipe.schedule.kind = any(&random)
        if recipe.schedule.kind == .plateau {
            recipe.schedule.factor = 0.001 + random.uniform() / 2
        }
        guard recipe.network.heads.sentiment else { return }
        var labelled = Recipe.LabelledSource()
        (labelled.files, labelled.lanes) = (["/x/a.tsv"], 2)
        labelled.rule =
            Bool.random(using: &random)
            ? nil
            : LabelRule(positive: [.above(0.5), .label("yes")], negative: [.below(-1)])
        labelled.joined = random.uniform()
        labelled.weight = 1000 * random.uniform()
        labelled.half = Bool.random(using: &random) ? nil : 1
        labelled.text = Bool.random(using: &random) ? nil : "what \"they\" said"
        recipe.labelled = [labelled, labelled]
        recipe.labelled[1].ngrams =
            recipe.network.heads.sentimentNGrams == 0 || Bool.random(using: &random)
        recipe.validation.labelled = [labelled]
    }

    private static func any<Choice: CaseIterable>(_ random: inout SeededRandom) -> Choice {
        Choice.allCases.randomElement(using: &random)!
    }
}
