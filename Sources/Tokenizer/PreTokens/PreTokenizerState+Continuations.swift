extension PreTokenizerState {
    /// One way in which the current pre-token may continue.
    struct Continuation {
        enum Kind {
            /// One or more scalars of this class belong to it.
            case extended(by: CharacterClass)
            /// It ends here, since a scalar of one of these classes begins another one, or the text
            /// ends.
            case ended(by: CharacterClass.Set, orEnd: Bool)
            /// These scalars belong to it, and it ends after them.
            case completed(by: String)
        }

        let kind: Kind

        /// Whether the last scalar begins a new pre-token.
        var splitsLast = false
    }

    /// Every way in which the current pre-token may continue, the most informative first.
    var continuations: [Continuation] { Self.continuations[Int(rawValue)] }

    private static let continuations = (UInt8.min...apostropheL.rawValue)
        .compactMap(PreTokenizerState.init).map(continuations(of:))

    private static func continuations(of state: Self) -> [Continuation] {
        switch state {
        case .start: [.init(kind: .ended(by: .all, orEnd: true))]
        case .letters: run(of: .letter)
        case .numbers: run(of: .number)
        case .others: run(of: .other)
        case .space:
            [.letter, .number, .other].map { .init(kind: .extended(by: $0), splitsLast: true) }
                + whitespaceRun
        case .whitespace:
            whitespaceRun
                + [.init(kind: .ended(by: .notWhitespace, orEnd: false), splitsLast: true)]
        case .apostrophe:
            run(of: .other)
                + ["s", "t", "m", "d", "re", "ve", "ll"].map { .init(kind: .completed(by: $0)) }
        case .apostropheR, .apostropheV: brokenContraction + [.init(kind: .completed(by: "e"))]
        case .apostropheL: brokenContraction + [.init(kind: .completed(by: "l"))]
        }
    }

    private static func run(of kind: CharacterClass) -> [Continuation] {
        [
            .init(kind: .extended(by: kind)),
            .init(kind: .ended(by: .all.subtracting(.init(kind)), orEnd: true)),
        ]
    }

    /// More white space. The last scalar of white space may form a separate pre-token.
    private static let whitespaceRun: [Continuation] = [
        .init(kind: .extended(by: .whitespace)),
        .init(kind: .ended(by: .whitespace, orEnd: true)),
    ]

    /// `'r` without an `e` is an apostrophe and the beginning of a word.
    private static let brokenContraction = run(of: .letter).map {
        Continuation(kind: $0.kind, splitsLast: true)
    }
}
