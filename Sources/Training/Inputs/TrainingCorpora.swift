package import Model

/// What a run reads: each source's tokens and the lanes that read it.
package struct TrainingCorpora: Sendable {
    package struct Source: Sendable {
        package let tokens: TokenCorpus
        package let lanes: Int
        package let messages: LabelledMessages

        package init(
            tokens: TokenCorpus, lanes: Int, messages: LabelledMessages = LabelledMessages()
        ) {
            self.tokens = tokens
            self.lanes = lanes
            self.messages = messages
        }
    }

    /// Texts and then tables, in the recipe's order.
    package var all: [Source]
    /// What validation reads, likewise; nil where the recipe names none.
    package var validationText: TokenCorpus?
    package var validationLabelled: TokenCorpus?
    /// The files that all that was read from, in the recipe's order.
    package var inputs: [RunInput] = []
    /// Those of the tables, where the recipe asks for them.
    package internal(set) var ngrams: SentimentNGrams?

    package init(
        all: [Source], validationText: TokenCorpus? = nil, validationLabelled: TokenCorpus? = nil
    ) {
        self.all = all
        self.validationText = validationText
        self.validationLabelled = validationLabelled
    }
}
