internal import Model
package import StrictTOML

extension Recipe {
    /// Contradictions between values that are valid on their own.
    package var inconsistencies: [ConfigurationError.Problem] {
        let rules =
            networkRules + sourceRules + headRules + ngramRules + wholeTextRules + lengthRules
        return rules.filter(\.isBroken).map { ConfigurationError.Problem($0.key, $0.text) }
    }

    /// A rule, whether the recipe breaks it, and the problem that this is.
    private typealias Rule = (isBroken: Bool, key: String, text: String)

    private var networkRules: [Rule] {
        let contradictions: [Rule] = network.contradictions.map { key, expected in
            (true, key == "heads" ? "network" : "network.\(key)", "expected \(expected)")
        }
        let whole: Rule = (
            network.bidirectional && !window.wholeTexts, "window.whole_texts",
            "must be true for a bidirectional network"
        )
        return contradictions + [whole]
    }

    private var sourceRules: [Rule] {
        let sources =
            texts.enumerated().map { ("text[\($0)]", $1.files, $1.lanes) }
            + labelled.enumerated().map { ("labelled[\($0)]", $1.files, $1.lanes) }
        let validated =
            validation.texts.enumerated().map { ("validation.text[\($0)]", $1.files) }
            + validation.labelled.enumerated().map { ("validation.labelled[\($0)]", $1.files) }
        let nothing: Rule = (
            sources.isEmpty, "", "nothing to read: expected [[text]] or [[labelled]]"
        )
        let lanes: [Rule] = sources.map { key, _, lanes in
            (lanes == 0, key + ".lanes", "is missing: how many lanes read it, 1 or more")
        }
        let files: [Rule] = (sources.map { ($0.0, $0.1) } + validated).map { key, files in
            (files.isEmpty, key + ".files", "is missing: the files to read, one or more")
        }
        return [nothing] + lanes + files
    }

    private var headRules: [Rule] {
        let (next, sentiment) = (network.heads.next, network.heads.sentiment)
        let needsNext = "needs network.next = true: it has no labels"
        let needsSentiment = "needs network.sentiment = true"
        return [
            (!texts.isEmpty && !next, "text", needsNext),
            (!labelled.isEmpty && !sentiment, "labelled", needsSentiment),
            (
                sentiment && labelled.isEmpty, "network.sentiment",
                "needs a [[labelled]] source to learn it from"
            ),
            (!validation.texts.isEmpty && !next, "validation.text", needsNext),
            (!validation.labelled.isEmpty && !sentiment, "validation.labelled", needsSentiment),
        ]
    }

    private var ngramRules: [Rule] {
        let order = network.heads.sentimentNGrams
        let noEffect = "has no effect: network.sentiment_ngrams is 0"
        return [
            (
                order > 0 && !labelled.contains(where: \.ngrams), "network.sentiment_ngrams",
                "needs a [[labelled]] source to count them in"
            ),
            (order == 0 && ngrams != NGrams(), "ngrams", noEffect),
            (order == 0 && labelled.contains { !$0.ngrams }, "labelled.ngrams", noEffect),
            (
                order > 0 && window.wholeTexts, "network.sentiment_ngrams",
                "must be 0 with window.whole_texts = true"
            ),
        ]
    }

    private var wholeTextRules: [Rule] {
        let whole = window.wholeTexts
        return [
            (
                whole && (!texts.isEmpty || labelled.count != 1), "window.whole_texts",
                "needs exactly one [[labelled]] source and no [[text]]"
            ),
            (
                whole && labelled.contains { $0.joined > 0 }, "labelled.joined",
                "must be 0 with window.whole_texts = true"
            ),
            (
                whole && labelled.contains { $0.weight != 1 }, "labelled.weight",
                "has no effect with window.whole_texts = true"
            ),
        ]
    }

    private var lengthRules: [Rule] {
        let hasValidation = !validation.texts.isEmpty || !validation.labelled.isEmpty
        return [
            (length.steps == nil && length.epochs == nil, "length", "needs steps or epochs"),
            (
                schedule.kind == .plateau && !hasValidation, "schedule.kind",
                "\"plateau\" needs something to validate on"
            ),
        ]
    }
}
