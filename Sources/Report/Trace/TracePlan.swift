package import Model
import Tokenizer
package import Wire

/// The tokens that the engine would read for a stream's requests, in order.
package struct TracePlan {
    enum Step {
        /// A start token or the separator: read, but not a token of the stream.
        case leadIn(Int32)
        case token(TracedToken)
        case mark(TraceMark.Kind, time: Double?)
    }

    private(set) var steps: [Step] = []
    package private(set) var tokenCount = 0

    private enum LeadIn { case start, separator, none }

    private let encoder: TokenEncoder
    private let startTokens: [Int32]
    private let separator: [Int32]
    private var tokenizer: IncrementalTokenizer
    private var leadIn = LeadIn.start
    private var exists = false
    private var isMessageOpen = false
    private var hasRead = false
    private var epoch: UInt64 = 0
    private var offset: UInt64 = 0
    /// Text that is not tokenised yet.
    private var waiting: [UInt8] = []

    package init(_ model: Model, requests: some Sequence<Request>) {
        encoder = model.tokenizer.makeEncoder()
        tokenizer = IncrementalTokenizer(encoder)
        startTokens = model.config.startToken.map { [Int32($0)] } ?? []
        separator = model.tokenizer.encode(Array(model.config.separator.utf8))
        for request in requests { add(request) }
    }

    private mutating func add(_ request: Request) {
        // A stream begins with its first text; before it `end` and `reset` have no effect.
        let beginsStream = request.operation == .text && !request.text.isEmpty
        guard exists || beginsStream else { return }
        exists = true
        switch request.operation {
        case .text: addText(request)
        case .flush: forceOut()
        case .reset, .model:
            steps.append(.mark(.reset, time: request.time))
            begin(epoch: epoch + 1)
        case .end:
            forceOut()
            if isMessageOpen { endMessage(time: request.time) }
            steps.append(.mark(.end, time: request.time))
            begin(epoch: 0)
            exists = false
        // Eviction and refused input do not change the state; snapshots are not supported here.
        case .evict, .resume, .refusal, .put: break
        }
    }

    private mutating func addText(_ request: Request) {
        guard !request.text.isEmpty || isMessageOpen else { return }
        isMessageOpen = true
        waiting += request.text
        var tokens: [Token] = []
        tokenizer.append(request.text, into: &tokens)
        if !request.more { tokenizer.finish(into: &tokens) }
        add(tokens)
        if !request.more { endMessage(time: request.time) }
    }

    private mutating func forceOut() {
        var tokens: [Token] = []
        tokenizer.finish(into: &tokens)
        add(tokens)
    }

    private mutating func add(_ tokens: [Token]) {
        guard !tokens.isEmpty else { return }
        steps += leadInTokens.map { .leadIn($0) }
        (leadIn, hasRead) = (.none, true)
        var start = 0
        for token in tokens {
            let bytes = Array(waiting[start..<start + token.byteCount])
            steps.append(
                .token(TracedToken(id: token.id, bytes: bytes, offset: offset, epoch: epoch)))
            start += token.byteCount
            offset += UInt64(token.byteCount)
        }
        waiting.removeFirst(start)
        tokenCount += tokens.count
    }

    private var leadInTokens: [Int32] {
        switch leadIn {
        case .start: startTokens
        case .separator: separator
        case .none: []
        }
    }

    private mutating func endMessage(time: Double?) {
        isMessageOpen = false
        if hasRead { leadIn = .separator }
        steps.append(.mark(.messageEnd(score: nil), time: time))
    }

    private mutating func begin(epoch: UInt64) {
        self.epoch = epoch
        tokenizer = IncrementalTokenizer(encoder)
        (leadIn, isMessageOpen, hasRead, offset) = (.start, false, false, 0)
        waiting = []
    }
}
