extension BPEEncoder {
    /// The tokens that all continuations of the text have in common, from the current pre-token on.
    ///
    /// Each kind of continuation is followed as far as it can affect tokens: an added token may
    /// begin at an open position, or the text may continue in one of the ways of
    /// `PreTokenizerState.continuations`.
    mutating func stableLinks(_ preToken: PreToken) -> [Link] {
        var common = CommonLinks()
        var cut = Cut(start: preToken.textStart)
        var preToken = preToken
        while preToken.unit < window.units.count {
            let found = window.search(tokenizer.addedTokens, at: preToken.unit, endsText: false)
            if !found.isEmpty {
                narrow(&common, endingAt: preToken, cut)
            }
            if found.match != nil || common.isEmpty { return common.links }
            advance(&preToken, &cut)
        }
        for continuation in preToken.state.continuations where !common.isEmpty {
            narrow(&common, by: continuation, cut)
        }
        let limit = window.text.count
        return common.links.filter { $0.end <= limit }
    }

    /// A division of the text into pre-tokens: from `start`, at `ends`.
    private struct Cut {
        let start: Int
        var ends: [Int] = []

        /// The start of the last pre-token.
        var lastStart: Int { ends.last ?? start }

        mutating func end(at end: Int) {
            if end > lastStart { ends.append(end) }
        }
    }

    private func advance(_ preToken: inout PreToken, _ cut: inout Cut) {
        let unit = preToken.unit
        let step = preToken.state.reading(window.units[unit].scalar, window.units[unit].kind)
        if step.endsBeforePrevious { cut.end(at: window.textStart(of: unit - 1)) }
        if step.endsBefore { cut.end(at: window.textStart(of: unit)) }
        preToken.state = step.state
        preToken.unit += 1
    }

    /// The case that an added token begins at the current position, so that the text before it ends
    /// there.
    private mutating func narrow(
        _ common: inout CommonLinks, endingAt preToken: PreToken, _ cut: Cut
    ) {
        var cut = cut
        if preToken.state.endsBeforeLastAtEnd {
            cut.end(at: window.textStart(of: preToken.unit - 1))
        }
        cut.end(at: window.textStart(of: preToken.unit))
        common.narrow(links(of: cut))
    }

    private mutating func narrow(
        _ common: inout CommonLinks, by continuation: PreTokenizerState.Continuation, _ cut: Cut
    ) {
        var cut = cut
        if continuation.splitsLast { cut.end(at: window.textStart(of: window.units.count - 1)) }
        let tail = window.tail
        switch continuation.kind {
        case .ended(let kinds, let orEnd):
            if tail.isEmpty || !nextKinds.isDisjoint(with: kinds) || orEnd && beginsAddedToken {
                narrowByEnd(&common, cut)
            }
        case .completed(let rest) where tail.isEmpty:
            trying(rest.utf8) { $0.narrowByEnd(&common, cut) }
        case .extended(let kind):
            if kinds(of: tail).contains(.init(kind)) {
                trying(tail.bytes) { $0.narrowByCrossing(&common, cut, prefix: tail, kind) }
            }
            if kind == .other, !tail.isEmpty {
                trying(UTF8Prefix.replacementBytes) {
                    $0.narrowByEnd(&common, cut)
                    $0.narrowByCrossing(&common, cut, prefix: UTF8Prefix(), kind)
                }
            }
        default: break
        }
    }

    /// Runs `body` with `bytes` appended to the text.
    private mutating func trying(
        _ bytes: some Collection<UInt8>, _ body: (inout BPEEncoder) -> Void
    ) {
        window.appendTrial(bytes)
        body(&self)
        window.removeTrial()
        prefixes.truncate(to: window.text.count)
    }

    /// The classes of scalars that can come next. An incomplete scalar may also become U+FFFD.
    private var nextKinds: CharacterClass.Set {
        kinds(of: window.tail).union(.other)
    }

    private func kinds(of prefix: UTF8Prefix) -> CharacterClass.Set {
        prefix.isEmpty ? .all : CharacterClass.classes(in: prefix.completions)
    }

    /// Whether an added token may begin at the end of the complete scalars.
    private var beginsAddedToken: Bool {
        window.search(tokenizer.addedTokens, at: window.units.count, endsText: false).isOpen
    }

    private mutating func narrowByEnd(_ common: inout CommonLinks, _ cut: Cut) {
        var cut = cut
        cut.end(at: window.text.count)
        common.narrow(links(of: cut))
    }

    /// The case that the last pre-token continues with scalars of one class. The first of them
    /// begins with `prefix`, the end of the text.
    ///
    /// Such an encoding is known up to the token that crosses the end of the text. That token may
    /// begin wherever some token can cross the end.
    private mutating func narrowByCrossing(
        _ common: inout CommonLinks, _ cut: Cut, prefix: UTF8Prefix, _ kind: CharacterClass
    ) {
        let end = window.text.count
        let before = links(of: cut)
        let forward = tokenizer.forward
        for start in max(cut.lastStart, end - forward.depth)...end where !common.isEmpty {
            guard let node = forward.node(window.text[start..<end]) else { continue }
            prefixes.encode(cut.lastStart..<start, of: window.text, pairs: &pairs)
            let links = before + prefixes.links(to: start)
            let previous = prefixes.lastToken(at: start)
            if common.wouldNarrow(links),
                reach.canCross(node, after: previous, prefix: prefix, kind: kind, pairs: &pairs)
            {
                common.narrow(links)
            }
        }
    }

    /// The encoding of the pre-tokens of a cut.
    private mutating func links(of cut: Cut) -> [Link] {
        var links: [Link] = []
        var start = cut.start
        for end in cut.ends {
            prefixes.encode(start..<end, of: window.text, pairs: &pairs)
            links += prefixes.links(to: end)
            start = end
        }
        return links
    }
}

/// The common prefix of all encodings so far.
private struct CommonLinks {
    private var known: [Link]?

    var links: [Link] { known ?? [] }
    var isEmpty: Bool { known?.isEmpty ?? false }

    func wouldNarrow(_ links: [Link]) -> Bool {
        guard let known else { return true }
        return !links.starts(with: known)
    }

    mutating func narrow(_ links: [Link]) {
        guard let known else {
            self.known = links
            return
        }
        let count = zip(known, links).prefix { $0 == $1 }.count
        self.known = Array(known[..<count])
    }
}
