extension PreTokenizerState {
    /// One way in which the pre-token under way may go on.
    struct Continuation {
        enum Kind {
            /// It ends here, since the text does.
            case end
            /// It ends here, since a scalar of one of these classes begins another one.
            case followed(by: CharacterClass.Set)
            /// One or more scalars of this class belong to it.
            case extended(by: CharacterClass)
            /// These scalars belong to it, and it ends after them.
            case completed(by: String)
        }

        let kind: Kind

        /// The last scalar is not part of what was under way, but begins a pre-token itself.
        var splitsLast = false
    }

    /// Every way in which the pre-token under way may go on.
    var continuations: [Continuation] {
        switch self {
        case .start:
            [.init(kind: .end), .init(kind: .followed(by: .all))]
        case .letters:
            [
                .init(kind: .end), .init(kind: .followed(by: .notLetter)),
                .init(kind: .extended(by: .letter)),
            ]
        case .numbers:
            [
                .init(kind: .end), .init(kind: .followed(by: .notNumber)),
                .init(kind: .extended(by: .number)),
            ]
        case .others:
            [
                .init(kind: .end), .init(kind: .followed(by: .notOther)),
                .init(kind: .extended(by: .other)),
            ]
        case .space:
            Self.moreWhitespace
                + [.letter, .number, .other].map {
                    .init(kind: .extended(by: $0), splitsLast: true)
                }
        case .whitespace:
            Self.moreWhitespace
                + [.init(kind: .followed(by: .notWhitespace), splitsLast: true)]
        case .apostrophe:
            [
                .init(kind: .end), .init(kind: .followed(by: .notOther)),
                .init(kind: .extended(by: .other)),
            ]
                + ["s", "t", "m", "d", "re", "ve", "ll"].map { .init(kind: .completed(by: $0)) }
        case .apostropheR, .apostropheV, .apostropheL:
            Self.letters.continuations.map { .init(kind: $0.kind, splitsLast: true) }
                + [missingLetter].compactMap(\.self).map { .init(kind: .completed(by: String($0))) }
        }
    }

    /// White space goes on: a scalar of it may yet prove to be the last, and so stand apart.
    private static var moreWhitespace: [Continuation] {
        [
            .init(kind: .end), .init(kind: .followed(by: .whitespace)),
            .init(kind: .extended(by: .whitespace)),
        ]
    }
}
