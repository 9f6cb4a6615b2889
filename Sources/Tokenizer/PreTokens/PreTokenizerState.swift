/// The state of GPT-2's pre-tokenizer between two scalars of a text.
///
/// The pattern is `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
/// (Radford et al. 2019). A pre-token begins where the previous one ends, so a state determines only
/// ends. Two kinds of ends are known only one scalar later.
enum PreTokenizerState: UInt8, Sendable {
    /// At the beginning of a text, or after a contraction.
    case start
    case letters, numbers, others
    /// In white space that ends with U+0020, which may belong to the next pre-token.
    case space
    /// In white space that ends with another scalar.
    case whitespace
    /// After an apostrophe that begins a pre-token, and after `'r`, `'v` and `'l`.
    case apostrophe, apostropheR, apostropheV, apostropheL

    struct Step {
        var state: PreTokenizerState
        /// Whether a pre-token ends before the previous scalar.
        var endsBeforePrevious = false
        /// Whether a pre-token ends before this scalar.
        var endsBefore = false
    }

    func reading(_ scalar: UInt32, _ kind: CharacterClass) -> Step {
        switch (self, kind) {
        case (.letters, .letter), (.numbers, .number), (.others, .other):
            Step(state: self)
        case (.space, .whitespace), (.whitespace, .whitespace):
            Step(state: Self.beginning(scalar, kind))
        case (.space, _):
            Step(state: Self.joiningSpace(kind), endsBeforePrevious: true)
        case (.whitespace, _):
            Step(state: Self.beginning(scalar, kind), endsBeforePrevious: true, endsBefore: true)
        case (.apostrophe, _):
            afterApostrophe(scalar, kind)
        case (.apostropheR, _), (.apostropheV, _), (.apostropheL, _):
            afterApostropheAndLetter(scalar, kind)
        default:
            Step(state: Self.beginning(scalar, kind), endsBefore: true)
        }
    }

    /// Whether the last scalar of a text is a separate pre-token, since `'r` is not a contraction.
    var endsBeforeLastAtEnd: Bool { missingLetter != nil }

    private static func beginning(_ scalar: UInt32, _ kind: CharacterClass) -> Self {
        switch kind {
        case .letter: .letters
        case .number: .numbers
        case .whitespace: scalar == 0x20 ? .space : .whitespace
        case .other: scalar == 0x27 ? .apostrophe : .others
        }
    }

    private static func joiningSpace(_ kind: CharacterClass) -> Self {
        switch kind {
        case .letter: .letters
        case .number: .numbers
        case .whitespace, .other: .others
        }
    }

    private func afterApostrophe(_ scalar: UInt32, _ kind: CharacterClass) -> Step {
        switch Unicode.Scalar(scalar) {
        case "s", "t", "m", "d": Step(state: .start)
        case "r": Step(state: .apostropheR)
        case "v": Step(state: .apostropheV)
        case "l": Step(state: .apostropheL)
        default:
            kind == .other
                ? Step(state: .others)
                : Step(state: Self.beginning(scalar, kind), endsBefore: true)
        }
    }

    private func afterApostropheAndLetter(_ scalar: UInt32, _ kind: CharacterClass) -> Step {
        if Unicode.Scalar(scalar) == missingLetter { return Step(state: .start) }
        var step = Self.letters.reading(scalar, kind)
        step.endsBeforePrevious = true
        return step
    }

    /// The letter that completes the contraction after `'r`, `'v` or `'l`.
    private var missingLetter: Unicode.Scalar? {
        switch self {
        case .apostropheR, .apostropheV: "e"
        case .apostropheL: "l"
        default: nil
        }
    }
}
