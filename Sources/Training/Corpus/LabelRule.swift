/// Which labels of a table mean positive and which negative. Texts with other labels are skipped.
package struct LabelRule: Sendable, Equatable, CustomStringConvertible {
    /// A label, or all numbers above or below a bound.
    package enum Pattern: Sendable, Equatable, CustomStringConvertible {
        case label(String)
        case above(Double)
        case below(Double)

        /// `positive`, `1`, `>0.5` or `<-0.5`. Nil if no number follows the sign.
        package init?(_ text: String) {
            switch text.first {
            case ">":
                guard let number = Self.number(text.dropFirst()) else { return nil }
                self = .above(number)
            case "<":
                guard let number = Self.number(text.dropFirst()) else { return nil }
                self = .below(number)
            case nil: return nil
            default: self = .label(text)
            }
        }

        package var description: String {
            switch self {
            case .label(let label): label
            case .above(let number): ">\(LabelRule.text(number))"
            case .below(let number): "<\(LabelRule.text(number))"
            }
        }

        /// Labels that are equal as numbers match: `1.0` and `1`.
        func matches(_ label: String) -> Bool {
            let number = Self.number(label[...])
            switch self {
            case .label(let wanted):
                guard wanted != label, let number else { return wanted == label }
                return Self.number(wanted[...]) == number
            case .above(let bound): return number.map { $0 > bound } ?? false
            case .below(let bound): return number.map { $0 < bound } ?? false
            }
        }

        static func number(_ text: Substring) -> Double? {
            Double(text).flatMap { $0.isFinite ? $0 : nil }
        }
    }

    package var positive: [Pattern]
    package var negative: [Pattern]

    package init(positive: [Pattern], negative: [Pattern]) {
        self.positive = positive
        self.negative = negative
    }

    /// `positive: 1; negative: 0`
    package var description: String {
        let (positive, negative) = (
            positive.map(\.description).joined(separator: ","),
            negative.map(\.description).joined(separator: ",")
        )
        return "positive: \(positive); negative: \(negative)"
    }

    /// Nil if the label matches neither side or both.
    package func isPositive(_ label: String) -> Bool? {
        let isPositive = positive.contains { $0.matches(label) }
        let isNegative = negative.contains { $0.matches(label) }
        return isPositive == isNegative ? nil : isPositive
    }

    /// Infers the rule: the words `positive` and `negative` (`pos`, `neg`), or numbers above and
    /// below 0 if some are negative, otherwise above and below the middle of the smallest and the
    /// largest. Nil if the labels are neither, or all the same.
    package init?(inferredFrom labels: Set<String>) {
        for (positive, negative) in [("positive", "negative"), ("pos", "neg")]
        where labels.contains(positive) && labels.contains(negative) {
            self.init(positive: [.label(positive)], negative: [.label(negative)])
            return
        }
        let numbers = labels.compactMap { Pattern.number($0[...]) }
        guard numbers.count == labels.count, let least = numbers.min(), let most = numbers.max(),
            least < most
        else { return nil }
        if least == 0, most == 1, numbers.count == 2 {
            self.init(positive: [.label("1")], negative: [.label("0")])
        } else {
            let middle = least < 0 ? 0 : (least + most) / 2
            guard most > middle else { return nil }
            self.init(positive: [.above(middle)], negative: [.below(middle)])
        }
    }

    private static func text(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }
}
