import DequeModule
import Model
import Wire

/// What each input does in its turn of the stream.
extension Shard {
    func carryOut(_ item: StreamWork.Item, _ stream: StreamState) {
        stream.noteBeginning(of: item)
        publisher.open(item, of: stream)
        publisher.refreshAudience(of: stream)
        switch item.content {
        case .request(let request):
            if isFirst(item, of: stream) { publisher.publish(.started, of: stream) }
            carryOut(request, stream)
        case .refusal(let refusal): refuse(refusal, stream)
        case .query(let reply):
            reply(.success(snapshot(of: stream)))
            stream.work?.finishFirst()
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
        // It was accepted before the state that it comes after was known.
        case .text where stream.state.isQuarantined: refuse(.quarantined(request), stream)
        case .text where request.text.isEmpty && stream.state.messageStart == nil:
            refuse(.emptyMessage(request), stream)
        case .text: readText(request, stream)
        case .flush: flush(request, stream)
        case .reset, .model: reset(stream)
        case .end: end(request, stream)
        case .evict: change(stream, .evicted)
        case .resume: change(stream, .resumed)
        case .put: put(request, stream)
        // What was refused before it was a request.
        case .refusal: stream.work?.finishFirst()
        }
    }

    private func refuse(_ refusal: Refusal, _ stream: StreamState) {
        publisher.refuse(stream, refusal)
        stream.work?.finishFirst()
    }

    // MARK: Text

    private func readText(_ request: Request, _ stream: StreamState) {
        if stream.state.messageStart == nil {
            stream.beginMessage()
            // That of the message before is not this one's.
            if scheduler.readsWholeMessages { stream.note(nil) }
        }
        guard text.readSlice(of: request, stream) else { return }
        reportInvalidBytes(request, stream)
        stream.work?.finishFirst()
    }

    private func flush(_ request: Request, _ stream: StreamState) {
        _ = text.drain(stream)
        reportInvalidBytes(request, stream)
        stream.work?.finishFirst()
    }

    private func reportInvalidBytes(_ request: Request, _ stream: StreamState) {
        let count = stream.takeInvalidByteCount()
        guard count > 0 else { return }
        publisher.refuse(stream, .notUTF8(count, endpoint: request.endpoint))
    }

    // MARK: End

    /// Tokens that are held back come first, then this request again, with none left.
    private func end(_ request: Request, _ stream: StreamState) {
        let isDrained = text.drain(stream)
        reportInvalidBytes(request, stream)
        guard isDrained else { return }
        guard stream.state.messageStart == nil else {
            stream.work?.addMessageEnd()
            return
        }
        publisher.publish(.ended, of: stream)
        stream.work?.finishFirst()
        forget(stream)
    }

    /// What came after `end` begins a new stream of the same name.
    private func forget(_ stream: StreamState) {
        settle(stream)
        guard stream.damage == nil, let rest = stream.takeWork() else { return }
        journal.noteEnd(of: stream)
        let isAwaited = journal.giveUpSweep(of: stream)
        leave(stream)
        beginAgain(stream, with: rest)
        residence.reportEnd(of: stream.id)
        if isAwaited { journal.sweep(residence[stream.id]) }
    }

    // MARK: Changes

    private func reset(_ stream: StreamState) {
        network.zero(stream)
        stream.reset(text.encoder)
        publisher.publish(.reset, of: stream)
        stream.work?.finishFirst()
    }

    private func change(_ stream: StreamState, _ change: StreamChange) {
        stream.journal.note(change)
        publisher.publish(change, of: stream)
        stream.work?.finishFirst()
    }

    /// Goes on where the snapshot was taken. It was checked when the request was accepted.
    private func put(_ request: Request, _ stream: StreamState) {
        do {
            let snapshot = try StreamSnapshot(decoding: request.text)
            try restore(snapshot.state, of: snapshot.model, to: stream)
        } catch {
            return stream.stop(
                .damaged("the snapshot that was put cannot be restored: \(error)"))
        }
        publisher.publish(.resumed, of: stream)
        stream.work?.finishFirst()
    }
}
