import Tokenizer

extension ModelError {
    init(tokenizer error: TokenizerError, file: String) {
        switch error {
        case .unreadable(_, let reason):
            self.init(.unreadable, file: file, found: reason, expected: "a readable file")
        case .notJSON(_, let line, let column, let reason):
            self.init(
                .malformed, file: file, part: "line \(line), column \(column)", found: reason,
                expected: "JSON")
        case .unsupported(_, let key, let found, let supported):
            self.init(.unsupported, file: file, part: key, found: found, expected: supported)
        case .inconsistent(_, let key, let reason):
            self.init(
                .tokenizer, file: file, part: key, found: reason,
                expected: "a byte-level BPE that agrees with itself")
        case .badSnapshot(let reason):
            self.init(.tokenizer, file: file, found: reason, expected: "a tokenizer")
        }
    }
}
