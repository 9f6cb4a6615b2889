/// What added tokens have to say about a place in a text.
struct AddedTokenSearch {
    /// The longest added token that stands there.
    var match: (token: Int32, textEnd: Int)?

    /// One that is longer than the text may yet stand there.
    var isOpen = false

    var isEmpty: Bool { match == nil && !isOpen }
}

extension TextWindow {
    /// Looks for added tokens at the beginning of a unit, or at the end of the text.
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
