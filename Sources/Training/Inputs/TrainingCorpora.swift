package import Model

/// The data of a run: the tokens of each source and the number of lanes that read it.
package struct TrainingCorpora: Sendable {
    package struct Source: Sendable {
        package let tokens: TokenCorpus
        package let lanes: Int
        package var messages = LabelledMessages()
    }

    /// Texts, then tables, in the order of the recipe.
    package var all: [Source]
    /// The validation data; nil if the recipe names none.
    package var validationText: TokenCorpus?
    package var validationLabelled: TokenCorpus?
    package var inputs: [RunInput] = []
    /// The n-grams of the tables, if the recipe requests them.
    package internal(set) var ngrams: SentimentNGrams?
}
