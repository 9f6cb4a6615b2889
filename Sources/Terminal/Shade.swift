/// How a piece of text looks: its background says how positive, its weight how unexpected it is.
package struct Shade: Equatable, Sendable {
    /// In [-1, 1]: red to green. Near 0 the background stays the terminal's.
    package var sentiment: Float?
    /// In bits: dim what was sure to come, bold the unexpected, underline the very unexpected.
    package var surprisal: Float?

    package init(sentiment: Float? = nil, surprisal: Float? = nil) {
        self.sentiment = sentiment
        self.surprisal = surprisal
    }

    /// The text between the escape sequences (SGR) that shade it.
    package func applied(to text: String, depth: ColorDepth) -> String {
        guard depth != .none else { return text }
        let codes = weight + background(depth)
        guard !codes.isEmpty else { return text }
        return "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
    }

    private var weight: [String] {
        switch surprisal {
        case .some(..<1): ["2"]
        case .some(11...): ["1", "4"]
        case .some(6...): ["1"]
        default: []
        }
    }

    private func background(_ depth: ColorDepth) -> [String] {
        guard let sentiment, abs(sentiment) >= 0.1 else { return [] }
        let strength = min(1, abs(sentiment))
        let isPositive = sentiment > 0
        if depth == .full {
            let level = Int(50 + 90 * strength)
            let color = isPositive ? "0;\(level);\(level / 3)" : "\(level);0;\(level / 4)"
            return ["38;2;240;240;240", "48;2;\(color)"]
        }
        let step = min(2, Int(strength * 3))
        return ["38;5;255", "48;5;\((isPositive ? [22, 28, 34] : [52, 88, 124])[step])"]
    }
}
