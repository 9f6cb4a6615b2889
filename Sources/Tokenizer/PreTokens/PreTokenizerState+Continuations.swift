extension PreTokenizerState {
    /// One way in which the pre-token under way may go on.
    struct Continuation {
        enum Kind {
            /// One or more scalars of this class belong to it.
            case extended(by: CharacterClass)
            /// It ends here, since a scalar of one of these classes begins another one; or since
            /// the text ends.
            case ended(by: CharacterClass.Set, orEnd: Bool)
            /// These scalars belong to it, and it ends after them.
            case completed(by: String)
        }

        let kind: Kind

        /// The last scalar is not part of what was under way, but begins a pre-token itself.
        var splitsLast = false
    }

    /// Every way in which the pre-token under way may go on; what says most comes first.
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

    /// White space goes on: a scalar of it may yet prove to be the last, and so stand apart.
    private static let whitespaceRun: [Continuation] = [
        .init(kind: .extended(by: .whitespace)),
        .init(kind: .ended(by: .whitespace, orEnd: true)),
    ]

    /// `'r` without its `e` is an apostrophe and the beginning of a word.
    private static let brokenContraction = run(of: .letter).map {
        Continuation(kind: $0.kind, splitsLast: true)
    }
}
