import DequeModule
import Model
import Synchronization
import Tokenizer
import Wire

/// From requests to tokens: what a stream does between two tokens.
extension Shard {
    /// Bytes tokenised at a time: enough for the tokenizer's speed, and little beside the text, of
    /// which there may be a lot for many streams.
    private static let slice = 128

    /// Puts a stream back in line if it has more to do.
    func enqueueAgain(_ stream: StreamState) {
        settle(stream)
        if let damage = stream.damage { return stop(stream, damage) }
        guard let work = stream.work else { return }
        if !work.isEmpty { return scheduler.enqueue(stream) }
        becomeIdle(stream)
    }

    private func becomeIdle(_ stream: StreamState) {
        stream.work = nil
        noteHeldBack(stream)
        noteIdle(stream)
    }

    /// Carries out what comes before the stream's next step that needs the network. False if none
    /// comes.
    func refill(_ stream: StreamState) -> Bool {
        while let work = stream.work {
            let isAtToken = settle(stream)
            if let damage = stream.damage {
                stop(stream, damage)
                return false
            }
            if isAtToken {
                guard cutIfRecorded(stream) else { return true }
                continue
            }
            guard let item = work.items.first else {
                becomeIdle(stream)
                return false
            }
            if work.position > 0 { checkpointIfDue(stream) }
            carryOut(item, stream)
        }
        return false
    }

    /// Takes the steps that need no network. True if the next one is a token, or the end of a
    /// message that is to be read as a whole.
    @discardableResult
    func settle(_ stream: StreamState) -> Bool {
        guard let work = stream.work else { return false }
        while let step = work.steps.first {
            switch step {
            case .leadIn, .token: return true
            case .messageEnd where awaitsReading(stream): return true
            case .messageEnd: endMessage(stream)
            case .finished(let receipt): conclude(receipt, stream)
            }
            work.steps.removeFirst()
        }
        return false
    }

    func carryOut(_ item: StreamWork.Item, _ stream: StreamState) {
        open(item, stream)
        refreshWanted(stream)
        switch item.content {
        case .request(let request):
            if isFirst(item, of: stream) { outbox.change(stream, .started) }
            carryOut(request, stream)
        case .refusal(let refusal):
            refuse(stream, refusal)
            removeFirst(stream)
        case .query(let reply):
            reply(.success(snapshot(of: stream)))
            removeFirst(stream)
        }
    }

    /// Whether the stream begins with this; one that is put has begun elsewhere.
    private func isFirst(_ item: StreamWork.Item, of stream: StreamState) -> Bool {
        guard item.place?.sequence == 0, stream.work?.position == 0 else { return false }
        if case .request(let request) = item.content { return request.operation != .put }
        return true
    }

    private func carryOut(_ request: Request, _ stream: StreamState) {
        switch request.operation {
        case .text where stream.isQuarantined: refuseQuarantined(request, stream)
        case .text: readText(request, stream)
        case .flush: flush(request, stream)
        case .reset, .model: reset(stream)
        case .end: end(request, stream)
        case .evict: change(stream, .evicted)
        case .resume: change(stream, .resumed)
        case .put: put(request, stream)
        // What was refused before it was a request.
        case .refusal: removeFirst(stream)
        }
    }

    // MARK: Text

    private func readText(_ request: Request, _ stream: StreamState) {
        guard !request.text.isEmpty || stream.messageStart != nil else {
            return refuseEmpty(request, stream)
        }
        if stream.messageStart == nil { beginMessage(stream) }
        guard let work = stream.work else { return }
        let end = min(work.position + Self.slice, request.text.count)
        var tokens: [Token] = []
        stream.tokenizer.append(
            request.text.span.extracting(work.position..<end), into: &tokens)
        work.position = end
        let isRead = end == request.text.count
        if isRead && !request.more { stream.tokenizer.finish(into: &tokens) }
        if isRead { reportInvalidBytes(stream, endpoint: request.endpoint) }
        addTokens(tokens, stream)
        if isRead && !request.more { work.steps.append(.messageEnd) }
        if isRead { removeFirst(stream) }
    }

    private func refuseEmpty(_ request: Request, _ stream: StreamState) {
        refuse(stream, Self.emptyMessage(request))
        removeFirst(stream)
    }

    /// Forces held-back bytes out.
    private func forceOut(_ stream: StreamState, into tokens: inout [Token], endpoint: String?) {
        stream.tokenizer.finish(into: &tokens)
        reportInvalidBytes(stream, endpoint: endpoint)
    }

    private func reportInvalidBytes(_ stream: StreamState, endpoint: String?) {
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
        guard !tokens.isEmpty, let work = stream.work else { return }
        for id in leadIn(stream) { work.steps.append(.leadIn(id)) }
        stream.leadIn = .none
        work.steps.append(contentsOf: tokens.lazy.map { .token($0) })
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
        guard stream.messageStart == nil else {
            stream.work?.steps.append(.messageEnd)
            return
        }
        outbox.change(stream, .ended)
        removeFirst(stream)
        restart(stream)
    }

    /// The stream is forgotten. What came after `end` begins a new one of the same name.
    private func restart(_ stream: StreamState) {
        guard let work = stream.work else { return }
        settle(stream)
        guard stream.damage == nil else { return }
        noteEnd(of: stream)
        stream.work = nil
        let isAwaited = giveUpSweep(of: stream)
        leaveTable(stream)
        beginAgain(stream, with: work)
        if isAwaited { goOnSweeping(stream.id) }
    }

    private func reset(_ stream: StreamState) {
        network.zero(stream)
        stream.beginEpoch(tokenizer: IncrementalTokenizer(encoder))
        outbox.change(stream, .reset)
        removeFirst(stream)
    }

    private func change(_ stream: StreamState, _ change: StreamChange) {
        stream.journal.isEvicted = change == .evicted
        outbox.change(stream, change)
        removeFirst(stream)
    }

    /// Goes on where the snapshot was taken. It was checked when the request was accepted.
    private func put(_ request: Request, _ stream: StreamState) {
        do {
            let snapshot = try StreamSnapshot(decoding: request.text)
            try restore(
                snapshot.state, to: stream, isOurs: snapshot.model == model.fingerprint)
        } catch {
            stream.damage = Self.damage(
                stream.id, "the snapshot that was put cannot be gone on from: \(error)")
            return
        }
        outbox.change(stream, .resumed)
        removeFirst(stream)
    }

    /// It was accepted before the state that it comes after was known.
    private func refuseQuarantined(_ request: Request, _ stream: StreamState) {
        refuse(stream, Self.quarantined(request))
        removeFirst(stream)
    }

    /// The first item is done with once the steps that it left are taken.
    private func removeFirst(_ stream: StreamState) {
        guard let work = stream.work, let item = work.popFirst() else { return }
        work.position = 0
        work.steps.append(.finished(.init(item)))
    }

    // MARK: Messages

    private func beginMessage(_ stream: StreamState) {
        stream.messageStart = stream.offset
        // That of the message before is not this one's.
        if messages != nil { stream.sentiment = nil }
    }

    /// Scores the message that the stream's state has just finished reading.
    private func endMessage(_ stream: StreamState) {
        let offset = (stream.messageStart ?? stream.offset)..<stream.offset
        stream.messages += 1
        stream.lifeMessages += 1
        stream.messageStart = nil
        stream.sentimentPool = SentimentPool()
        if stream.hasPrediction { stream.leadIn = .separator }
        if messages != nil { stream.leadIn = .start }
        publishMessageEnd(stream, offset: offset)
    }
}
