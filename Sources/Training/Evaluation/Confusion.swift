/// The confusion matrix of a binary classification.
package struct Confusion: Sendable, Equatable {
    package var truePositives = 0
    package var falsePositives = 0
    package var trueNegatives = 0
    package var falseNegatives = 0

    /// A text is classified as positive if its probability is above 0.5.
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

    /// From 0 to 1, as are the following.
    package var accuracy: Double { Self.part(truePositives + trueNegatives, of: count) }

    /// The standard error of the accuracy.
    package var standardError: Double {
        (accuracy * (1 - accuracy) / Double(count)).squareRoot()
    }

    /// The fraction of texts classified as positive that are positive.
    package var precision: Double { Self.part(truePositives, of: truePositives + falsePositives) }
    /// The fraction of positive texts that are classified as positive.
    package var recall: Double { Self.part(truePositives, of: truePositives + falseNegatives) }
    /// The harmonic mean of precision and recall.
    package var f1: Double {
        Self.part(2 * truePositives, of: 2 * truePositives + falsePositives + falseNegatives)
    }

    /// The accuracy of always choosing the more frequent class.
    package var majority: Double {
        let positives = truePositives + falseNegatives
        return Self.part(max(positives, count - positives), of: count)
    }

    /// 0 if there are none.
    private static func part(_ some: Int, of all: Int) -> Double {
        all == 0 ? 0 : Double(some) / Double(all)
    }
}
