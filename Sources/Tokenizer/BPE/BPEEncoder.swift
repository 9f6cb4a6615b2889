/// Reads text piece by piece and emits each token as soon as no continuation can change it.
///
/// The stages: source bytes become scalars (`TextWindow`); added tokens are found
/// (`AddedTokenSearch`); the text between them is divided into pre-tokens (`PreTokenizerState`);
/// these are encoded (`PrefixEncodings`). The undecided end of the window is held back for the next
/// one, except for tokens that all continuations share (`BPEEncoder+Stable`).
struct BPEEncoder {
    let tokenizer: BPETokenizer
    var window = TextWindow()
    var prefixes: PrefixEncodings
    var pairs: TokenPairs
    var reach: TokenReach
    private static let mostMergedBytes = 32
    private var merging: Merging
    private var cache = PreTokenCache(bits: 13)
    private var links: [Link] = []

    /// The current pre-token.
    struct PreToken {
        /// The unit to read next, and the state before it.
        var unit = 0
        var state = PreTokenizerState.start
        /// The start of the text that is not encoded yet.
        var textStart = 0
    }

    /// The end of the emitted tokens.
    private struct Output {
        var unit = 0
        var textEnd = 0
        var sourceEnd = 0
    }

    private var output = Output()

    init(_ tokenizer: BPETokenizer) {
        self.tokenizer = tokenizer
        prefixes = PrefixEncodings(tokenizer)
        pairs = TokenPairs(tokenizer)
        reach = TokenReach(tokenizer)
        merging = Merging(tokenizer.merges, byteTokens: tokenizer.byteTokens)
    }

    /// A measure of the work so far. Everything that takes time adds to one of these counts.
    var workCount: Int {
        window.readCount + prefixes.stepCount + pairs.mergeCount + reach.searchCount
    }

    /// Reads `bytes` after `held`. Returns the number of bytes that proved not to be UTF-8.
    mutating func append(
        _ bytes: Span<UInt8>, endsText: Bool, to held: inout HeldText, into tokens: inout [Token]
    ) -> Int {
        let invalidCount = fillWindow(held, bytes, endsText: endsText)
        output = Output(textEnd: Int(held.skippedText), sourceEnd: Int(held.skippedSource))
        var preToken = PreToken(state: held.state, textStart: Int(held.skippedText))
        var unit = held.skippedText > 0 ? 1 : 0
        while unit < window.units.count {
            let found = window.search(tokenizer.addedTokens, at: unit, endsText: endsText)
            if found.isEmpty {
                unit += 1
                continue
            }
            read(to: unit, &preToken, into: &tokens)
            guard !found.isOpen, let match = found.match else { break }
            end(&preToken, into: &tokens)
            emit(Link(token: match.token, end: match.textEnd), into: &tokens)
            unit = output.unit
            preToken = PreToken(unit: unit, textStart: match.textEnd)
        }
        read(to: unit, &preToken, into: &tokens)
        close(&preToken, endsText: endsText, into: &tokens)
        if endsText { held = HeldText() } else { holdBack(preToken, in: &held) }
        return invalidCount
    }

    private mutating func fillWindow(
        _ held: HeldText, _ bytes: Span<UInt8>, endsText: Bool
    ) -> Int {
        window.removeAll()
        prefixes.removeAll()
        for byte in held.bytes { window.append(byte) }
        let known = window.units.count
        for byte in held.prefix.bytes { window.append(byte) }
        for index in bytes.indices { window.append(bytes[index]) }
        if endsText { window.endText() }
        return (known..<window.units.count).reduce(0) { count, unit in
            guard window.units[unit].isReplacement else { return count }
            return count + Int(window.units[unit].sourceEnd) - window.sourceStart(of: unit)
        }
    }

    /// Divides the text up to a unit into pre-tokens, and encodes each that ends before the unit.
    private mutating func read(
        to end: Int, _ preToken: inout PreToken, into tokens: inout [Token]
    ) {
        while preToken.unit < end {
            let unit = preToken.unit
            window.setState(preToken.state, before: unit)
            let step = preToken.state.reading(window.units[unit].scalar, window.units[unit].kind)
            if step.endsBeforePrevious {
                encode(&preToken, to: window.textStart(of: unit - 1), into: &tokens)
            }
            if step.endsBefore {
                encode(&preToken, to: window.textStart(of: unit), into: &tokens)
            }
            preToken.state = step.state
            preToken.unit += 1
        }
    }

    /// Encodes the rest of the text that has been read.
    private mutating func end(_ preToken: inout PreToken, into tokens: inout [Token]) {
        if preToken.state.endsBeforeLastAtEnd {
            encode(&preToken, to: window.textStart(of: preToken.unit - 1), into: &tokens)
        }
        encode(&preToken, to: window.textStart(of: preToken.unit), into: &tokens)
        preToken.state = .start
    }

    /// Emits the certain tokens of the text that has not been encoded.
    private mutating func close(
        _ preToken: inout PreToken, endsText: Bool, into tokens: inout [Token]
    ) {
        let search = window.search(tokenizer.addedTokens, at: preToken.unit, endsText: endsText)
        if endsText || search.match != nil {
            end(&preToken, into: &tokens)
        } else {
            for link in stableLinks(preToken) { emit(link, into: &tokens) }
        }
    }

    private mutating func encode(
        _ preToken: inout PreToken, to end: Int, into tokens: inout [Token]
    ) {
        guard end > preToken.textStart else { return }
        let range = preToken.textStart..<end
        links.removeAll(keepingCapacity: true)
        if !cache.appendLinks(for: range, of: window.text, tokenizer.vocabulary, into: &links) {
            encode(range)
            cache.insert(links, for: range, of: window.text)
        }
        for link in links { emit(link, into: &tokens) }
        preToken.textStart = end
    }

    /// Fills `links`. Short pre-tokens are merged directly; for long ones that would take quadratic
    /// time.
    private mutating func encode(_ range: Range<Int>) {
        if range.count <= Self.mostMergedBytes {
            for (index, token) in merging.encode(window.text[range]).enumerated() {
                links.append(Link(token: token, end: range.lowerBound + merging.ends[index]))
            }
        } else {
            prefixes.encode(range, of: window.text, pairs: &pairs)
            links = prefixes.links(to: range.upperBound)
        }
    }

    private mutating func emit(_ link: Link, into tokens: inout [Token]) {
        while output.unit < window.units.count,
            window.units[output.unit].textEnd <= link.end
        {
            output.unit += 1
        }
        let sourceEnd = window.sourceStart(of: output.unit) + Int(partOfUnit(at: link.end))
        tokens.append(Token(id: link.token, byteCount: sourceEnd - output.sourceEnd))
        output.textEnd = link.end
        output.sourceEnd = sourceEnd
    }

    /// The number of source bytes of the current unit that a token ending at `textEnd` covers. A
    /// replacement counts only at its end.
    private func partOfUnit(at textEnd: Int) -> UInt8 {
        guard output.unit < window.units.count, !window.units[output.unit].isReplacement else {
            return 0
        }
        return UInt8(textEnd - window.textStart(of: output.unit))
    }

    private func holdBack(_ preToken: PreToken, in held: inout HeldText) {
        let unit = output.unit
        let isRead = unit < preToken.unit
        held.state = isRead ? window.units[unit].stateBefore : preToken.state
        held.skippedText = UInt8(output.textEnd - window.textStart(of: unit))
        held.skippedSource = partOfUnit(at: output.textEnd)
        held.prefix = window.tail
        held.bytes.removeAll(keepingCapacity: true)
        held.bytes.append(contentsOf: window.source(from: unit))
    }
}
