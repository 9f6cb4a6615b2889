/// The result of a search for added tokens at a position of a text.
struct AddedTokenSearch {
    /// The longest added token at the position.
    var match: (token: Int32, textEnd: Int)?

    /// Whether a continuation of the text may form another added token at the position.
    var isOpen = false

    var isEmpty: Bool { match == nil && !isOpen }
}

extension TextWindow {
    /// Searches for added tokens at the beginning of a unit, or at the end of the text.
    func search(_ addedTokens: ByteTrie, at unit: Int, endsText: Bool) -> AddedTokenSearch {
        let (match, node) = addedTokens.search(text, from: textStart(of: unit))
        let isOpen = !endsText && node.map { canGoOn(addedTokens, from: $0) } ?? false
        return AddedTokenSearch(match: match, isOpen: isOpen)
    }

    private func canGoOn(_ addedTokens: ByteTrie, from node: Int) -> Bool {
        guard !tail.isEmpty else { return !addedTokens.children(of: node).isEmpty }
        return [tail.bytes, UTF8Prefix.replacementBytes].contains {
            addedTokens.node($0, from: node) != nil
        }
    }
}
