/// Which labels of a table mean positive, and which negative; texts of any other are left out.
package struct LabelRule: Sendable, Equatable, CustomStringConvertible {
    /// A label, or all numbers on one side of a number.
    package enum Pattern: Sendable, Equatable, CustomStringConvertible {
        case label(String)
        case above(Double)
        case below(Double)

        /// `positive`, `1`, `>0.5` or `<-0.5`; nil where no number follows the sign.
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

        /// A label that is written otherwise, `1.0` for `1`, is the same number.
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

    /// Nil for what is neither, and for what is both.
    package func isPositive(_ label: String) -> Bool? {
        let isPositive = positive.contains { $0.matches(label) }
        let isNegative = negative.contains { $0.matches(label) }
        return isPositive == isNegative ? nil : isPositive
    }

    /// What labels mean by themselves: the words `positive` and `negative` (`pos`, `neg`); of
    /// numbers, those above and below 0 where some are below it, otherwise those above and below
    /// the middle between the least and the largest. Nil where they say nothing, or all of them the
    /// same.
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
