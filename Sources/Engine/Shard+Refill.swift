import DequeModule
import Model
import Synchronization
import Tokenizer
import Wire

/// From requests to tokens: what a stream does between two tokens.
extension Shard {
    /// Bytes tokenised at a time: a long text is not tokenised while the other streams wait.
    private static let slice = 1024

    /// Puts a stream in line if its work comes to a token; else its work is done.
    func enqueueIfReady(_ stream: StreamState) {
        if refill(stream) {
            scheduler.enqueue(stream)
        } else if options.idleFlush != nil, table[stream.id] === stream,
            stream.tokenizer.heldBackByteCount > 0
        {
            heldBack.append((stream.id, stream.activity))
        }
    }

    /// Carries out what comes before the stream's next token. False if no token comes.
    private func refill(_ stream: StreamState) -> Bool {
        // Read where it stands: a copy of the work would be copied in full by the next change.
        while stream.work != nil {
            switch stream.work?.steps.first {
            case .leadIn, .token: return true
            case .messageEnd:
                stream.work?.steps.removeFirst()
                endMessage(stream)
            case nil:
                guard let request = stream.work?.requests.first else {
                    stream.work = nil
                    return false
                }
                carryOut(request, stream)
            }
        }
        return false
    }

    private func carryOut(_ request: Request, _ stream: StreamState) {
        refreshWanted(stream)
        switch request.operation {
        case .text where stream.isQuarantined: refuseQuarantined(request, stream)
        case .text: readText(request, stream)
        case .flush: flush(request, stream)
        case .reset: reset(request, stream)
        case .end: end(request, stream)
        }
    }

    // MARK: Text

    private func readText(_ request: Request, _ stream: StreamState) {
        guard !request.text.isEmpty || stream.messageStart != nil else {
            return refuseEmpty(request, stream)
        }
        if stream.messageStart == nil { stream.messageStart = stream.offset }
        let start = stream.work!.position
        let end = min(start + Self.slice, request.text.count)
        var tokens: [Token] = []
        stream.tokenizer.append(request.text.span.extracting(start..<end), into: &tokens)
        stream.work!.position = end
        if end == request.text.count {
            finishText(request, stream, into: &tokens)
        }
        addTokens(tokens, stream)
        if end == request.text.count && !request.more {
            stream.work!.steps.append(.messageEnd)
        }
    }

    private func refuseEmpty(_ request: Request, _ stream: StreamState) {
        refuse(
            stream,
            Refusal(
                .emptyMessage,
                "the message has no text and ends none; expected at least a byte",
                endpoint: request.endpoint))
        removeFirst(stream)
    }

    private func finishText(
        _ request: Request, _ stream: StreamState, into tokens: inout [Token]
    ) {
        if !request.more { forceOut(stream, into: &tokens, endpoint: request.endpoint) }
        removeFirst(stream)
    }

    /// Forces held-back bytes out, and says if the text was not UTF-8.
    private func forceOut(_ stream: StreamState, into tokens: inout [Token], endpoint: String?) {
        stream.tokenizer.finish(into: &tokens)
        let invalid = stream.tokenizer.takeInvalidByteCount()
        guard invalid > 0 else { return }
        refuse(
            stream,
            Refusal(
                .notUTF8,
                "\(invalid) bytes of the text are not UTF-8; they are read as U+FFFD by a BPE "
                    + "model, as they are by a byte model", endpoint: endpoint))
    }

    /// Before a message's first token comes what the model reads between messages.
    private func addTokens(_ tokens: [Token], _ stream: StreamState) {
        guard !tokens.isEmpty else { return }
        for id in leadIn(stream) { stream.work!.steps.append(.leadIn(id)) }
        stream.leadIn = .none
        stream.work!.steps.append(contentsOf: tokens.lazy.map { .token($0) })
    }

    private func leadIn(_ stream: StreamState) -> [Int32] {
        switch stream.leadIn {
        case .start: model.config.startToken.map { [Int32($0)] } ?? []
        case .separator: separator
        case .none: []
        }
    }

    // MARK: Other operations

    /// The tokens come first, then this request again, with nothing left to force out.
    private func drained(_ request: Request, _ stream: StreamState) -> Bool {
        var tokens: [Token] = []
        forceOut(stream, into: &tokens, endpoint: request.endpoint)
        addTokens(tokens, stream)
        return tokens.isEmpty
    }

    private func flush(_ request: Request, _ stream: StreamState) {
        _ = drained(request, stream)
        removeFirst(stream)
    }

    private func end(_ request: Request, _ stream: StreamState) {
        guard drained(request, stream) else { return }
        if stream.messageStart != nil { endMessage(stream) }
        outbox.change(stream, .ended)
        removeFirst(stream)
        restart(stream)
    }

    /// The stream is forgotten. What came after `end` begins a new one of the same name.
    private func restart(_ stream: StreamState) {
        let later = stream.work?.requests ?? []
        stream.work = nil
        table.remove(stream)
        statistics.streams.subtract(1, ordering: .relaxed)
        for request in later { enqueue(request) }
    }

    private func reset(_ request: Request, _ stream: StreamState) {
        states.zero(slot: stream.slot)
        stream.beginEpoch(tokenizer: IncrementalTokenizer(encoder))
        outbox.change(stream, .reset)
        removeFirst(stream)
    }

    private func refuseQuarantined(_ request: Request, _ stream: StreamState) {
        refuse(
            stream,
            Refusal(
                .quarantined,
                "the stream is quarantined since its state was not finite; expected reset or end",
                endpoint: request.endpoint))
        removeFirst(stream)
    }

    private func removeFirst(_ stream: StreamState) {
        guard let request = stream.work?.requests.popFirst() else { return }
        stream.work!.position = 0
        finish(request)
    }

    // MARK: Messages

    /// Scores the message that the stream's state has just finished reading.
    private func endMessage(_ stream: StreamState) {
        let offset = (stream.messageStart ?? stream.offset)..<stream.offset
        stream.messages += 1
        stream.lifeMessages += 1
        stream.messageStart = nil
        if stream.hasPrediction { stream.leadIn = .separator }
        publishMessageEnd(stream, offset: offset)
    }
}
