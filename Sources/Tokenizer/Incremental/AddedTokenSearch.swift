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
        var result = AddedTokenSearch()
        var node = ByteTrie.root
        for index in textStart(of: unit)..<text.count {
            guard let next = addedTokens.child(of: node, text[index]) else { return result }
            node = next
            if let token = addedTokens.token(at: node) { result.match = (token, index + 1) }
        }
        if !endsText { result.isOpen = canGoOn(addedTokens, from: node) }
        return result
    }

    private func canGoOn(_ addedTokens: ByteTrie, from node: Int) -> Bool {
        guard !tail.isEmpty else { return !addedTokens.children(of: node).isEmpty }
        return [tail.bytes, UTF8Prefix.replacementBytes].contains {
            addedTokens.node($0, from: node) != nil
        }
    }
}
