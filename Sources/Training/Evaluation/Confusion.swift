/// How often a decision between positive and negative was right, by kind.
package struct Confusion: Sendable, Equatable {
    package var truePositives = 0
    package var falsePositives = 0
    package var trueNegatives = 0
    package var falseNegatives = 0

    package init() {}

    /// Counts each text as positive where its probability is above a half.
    package init(_ outcomes: some Sequence<SentimentOutcome>) {
        for outcome in outcomes {
            switch (outcome.probability > 0.5, outcome.isPositive) {
            case (true, true): truePositives += 1
            case (true, false): falsePositives += 1
            case (false, false): trueNegatives += 1
            case (false, true): falseNegatives += 1
            }
        }
    }

    package var count: Int { truePositives + falsePositives + trueNegatives + falseNegatives }

    /// From 0 to 1, as all that follow.
    package var accuracy: Double { Self.part(truePositives + trueNegatives, of: count) }

    /// What the accuracy of so many texts varies by, one standard deviation.
    package var standardError: Double {
        (accuracy * (1 - accuracy) / Double(count)).squareRoot()
    }

    /// Of those found positive, those that are.
    package var precision: Double { Self.part(truePositives, of: truePositives + falsePositives) }
    /// Of the positive ones, those found so.
    package var recall: Double { Self.part(truePositives, of: truePositives + falseNegatives) }
    /// The harmonic mean of precision and recall.
    package var f1: Double {
        Self.part(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives)
    }

    /// The accuracy of always saying what most texts are.
    package var majority: Double {
        let positives = truePositives + falseNegatives
        return Self.part(max(positives, count - positives), of: count)
    }

    /// 0 of none.
    private static func part(_ some: Int, of all: Int) -> Double {
        all == 0 ? 0 : Double(some) / Double(all)
    }
}
