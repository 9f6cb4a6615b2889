import Wire

/// An expression that is true or false.
indirect enum Truth {
    case compare(Quantity, Comparison, Quantity)
    /// The first quantity is less than the second at this token and not at the one before, or the
    /// reverse.
    case crosses(Quantity, Quantity)
    /// A match ends in this token.
    case matches(TextPattern)
    case flag(Flag)
    case and(Truth, Truth)
    case or(Truth, Truth)
    case not(Truth)

    enum Comparison: String {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "=="
        case notEqual = "!="
        case greaterOrEqual = ">="
        case greater = ">"

        func holds(_ left: Double, _ right: Double) -> Bool {
            switch self {
            case .less: left < right
            case .lessOrEqual: left <= right
            case .equal: left == right
            case .notEqual: left != right
            case .greaterOrEqual: left >= right
            case .greater: left > right
            }
        }
    }

    enum Flag: String, CaseIterable {
        /// The score of a message was published with this token.
        case messageEnds = "message_ends"
        /// The stream was reset before this token.
        case reset
        /// A request was refused after the previous token.
        case error
    }

    /// - Throws: `PatternError` where a regular expression takes too long.
    func holds(
        at now: Quantity.Surroundings, after before: Quantity.Surroundings?
    ) throws(PatternError) -> Bool {
        switch self {
        case .compare(let left, let comparison, let right):
            guard let left = left.value(in: now), let right = right.value(in: now) else {
                return false
            }
            return comparison.holds(left, right)
        case .crosses(let left, let right):
            guard let before, let was = Self.isLess(left, right, before),
                let isNow = Self.isLess(left, right, now)
            else { return false }
            return was != isNow
        case .matches(let pattern): return try pattern.ends(in: now.point)
        case .flag(let flag): return now.point.has(flag)
        case .and(let a, let b):
            guard try a.holds(at: now, after: before) else { return false }
            return try b.holds(at: now, after: before)
        case .or(let a, let b):
            if try a.holds(at: now, after: before) { return true }
            return try b.holds(at: now, after: before)
        case .not(let a): return try !a.holds(at: now, after: before)
        }
    }

    private static func isLess(
        _ left: Quantity, _ right: Quantity, _ surroundings: Quantity.Surroundings
    ) -> Bool? {
        guard let left = left.value(in: surroundings), let right = right.value(in: surroundings)
        else { return nil }
        return left < right
    }
}

extension SessionPoint {
    func has(_ flag: Truth.Flag) -> Bool {
        events.contains { event in
            switch event.payload {
            case .sentiment(let sentiment): flag == .messageEnds && sentiment.scope == .message
            case .stream(let change): flag == .reset && change == .reset
            case .error: flag == .error
            case .next: false
            }
        }
    }
}
