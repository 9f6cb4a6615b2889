import DequeModule
import Journal
import Model
import Synchronization
import Threads
import Tokenizer
import Wire

/// From inputs to the streams' lines, and into the journal.
extension Shard {
    package func accept(_ input: EngineInput) {
        switch input {
        case .request(let request):
            statistics.countRequest(bytes: request.text.count)
            accept(request, weight: input.weight)
        case .refusal(let id, let refusal, let sender):
            if let sender { acknowledge(refusal, of: id, sender) }
            if let id {
                accept(.init(content: .refusal(refusal), weight: input.weight), of: id)
            } else {
                refuseUnnamed(refusal)
                finish(weight: input.weight)
            }
        case .snapshot(let id, let reply):
            query(id, weight: input.weight, reply)
        case .recovery(let id, let isDone):
            finish(weight: input.weight)
            recover(id, isDone)
        case .damage(let id, let reason):
            finish(weight: input.weight)
            stop(id, because: reason)
        case .recovered:
            awaitsRecovery = false
            finish(weight: input.weight)
        case .list(let selection, let reply):
            reply(table.residents(selection))
            finish(weight: input.weight)
        }
    }

    func accept(_ request: Request, weight: Int) {
        accept(.init(content: .request(request), weight: weight), of: request.stream)
    }

    /// Puts an input in its stream's line.
    private func accept(_ item: StreamWork.Item, of id: StreamID) {
        do throws(Refusal) {
            guard let stream = try stream(id, for: item), failure == nil else {
                return finish(weight: item.weight)
            }
            guard let placed = placed(item, stream) else {
                // A duplicate, for which the stream may have been brought back, leaves it idle.
                noteIdle(stream)
                return finish(weight: item.weight)
            }
            append(placed, to: stream)
        } catch {
            refuse(item, of: id, error)
        }
    }

    /// The stream of this name, in the table; nil where there is none that this could be put to.
    ///
    /// - Throws: why it is stopped.
    private func stream(
        _ id: StreamID, for item: StreamWork.Item
    ) throws(Refusal) -> StreamState? {
        if let stream = table[id] { return stream }
        if let stream = try bringBack(id) { return stream }
        return try begin(id, for: item)
    }

    /// - Parameter arrival: when it came, in seconds since 1970; nil for now.
    func append(_ item: StreamWork.Item, to stream: StreamState, arrival: Double? = nil) {
        // Whoever only looks at a stream does not keep it from being idle.
        if !item.isQuery {
            inputs += 1
            stream.activity = inputs
        }
        if item.isInput { stream.lastInput = arrival ?? time }
        if let work = stream.work {
            work.append(item)
        } else {
            stream.work = StreamWork(items: [item])
            scheduler.enqueue(stream)
        }
    }

    // MARK: Places in the journal

    /// The input with its place, once the journal is told of it; nil if it goes no further.
    private func placed(_ item: StreamWork.Item, _ stream: StreamState) -> StreamWork.Item? {
        switch item.content {
        case .query: return item
        case .refusal(let refusal):
            // Between two lives there is no stream that it could be about.
            guard !stream.intake.isEnded else { return item }
            return recorded(item, as: Request(refusal, of: stream.id), stream)
        case .request(let request):
            guard !stream.intake.isDuplicate(request) else {
                if stream.intake.noteLeaving(request) { noteLeaving(request) }
                acknowledge(request, .duplicate)
                return nil
            }
            if let refusal = refusal(of: request, for: stream) {
                acknowledge(request, .refused(refusal))
                return placed(.init(content: .refusal(refusal), weight: item.weight), stream)
            }
            if stream.intake.isEnded {
                guard Self.beginsLife(request) else {
                    acknowledge(request, .refused(Self.noSuchStream(request)))
                    return item
                }
                stream.intake = stream.intake.next(key: keys.take())
                noteBeginning(of: stream)
            }
            if request.overtakes { cutShort(stream) }
            defer { acknowledge(request, .accepted) }
            return recorded(item, as: request, stream)
        }
    }

    private func recorded(
        _ item: StreamWork.Item, as request: Request, _ stream: StreamState
    ) -> StreamWork.Item {
        if stream.intake.isEvicted {
            resume(stream)
        }
        var item = item
        item.place = place(request, stream)
        return item
    }

    /// What is wrong with a request, if that can be said before the stream comes to it.
    private func refusal(of request: Request, for stream: StreamState) -> Refusal? {
        if request.operation == .text, let refusal = refusal(ofText: request, for: stream) {
            return refusal
        }
        guard request.operation == .put else { return nil }
        // One that has had nothing yet begins with this.
        guard stream.intake.isEnded || stream.intake.nextSequence == 0 else {
            return Refusal(
                .streamExists, "the stream exists; expected one that has ended or never was",
                endpoint: request.endpoint)
        }
        return problem(withSnapshotOf: request)
    }

    /// By the state that the stream has now, and all that was accepted since.
    private func refusal(ofText request: Request, for stream: StreamState) -> Refusal? {
        guard !stream.intake.isEnded else { return nil }
        let isOfThisLife = stream.intake.life == stream.journal.life
        if stream.isQuarantined, isOfThisLife, stream.work?.resets ?? 0 == 0 {
            return Self.quarantined(request)
        }
        return request.text.isEmpty && !stream.intake.isMessageOpen
            ? Self.emptyMessage(request) : nil
    }

    static func quarantined(_ request: Request) -> Refusal {
        Refusal(
            .quarantined,
            "the stream is quarantined since its state was not finite; expected reset or end",
            endpoint: request.endpoint)
    }

    static func emptyMessage(_ request: Request) -> Refusal {
        Refusal(
            .emptyMessage, "the message has no text and ends none; expected at least a byte",
            endpoint: request.endpoint)
    }

    // MARK: New streams

    /// A new stream, if this begins one and there is room. Nil if the input was refused.
    private func begin(
        _ id: StreamID, for item: StreamWork.Item
    ) throws(Refusal) -> StreamState? {
        guard failure == nil else { return nil }
        switch item.content {
        case .query: return nil
        case .refusal(let refusal): refuse(named: id, refusal)
        case .request(let request): return try begin(request)
        }
        return nil
    }

    private func begin(_ request: Request) throws(Refusal) -> StreamState? {
        let previous = try lastIntake(of: request.stream)
        guard failure == nil else { return nil }
        if previous?.isDuplicate(request) == true {
            if request.isLast { noteLeaving(request) }
            acknowledge(request, .duplicate)
        } else if !Self.beginsLife(request) {
            refuse(named: request.stream, request, Self.noSuchStream(request))
        } else if let problem = problem(withSnapshotOf: request) {
            refuse(named: request.stream, request, problem)
        } else if let slot = takeSlot() {
            dormant.remove(request.stream)
            let stream = begin(
                request.stream, slot: slot,
                intake: previous?.next(key: keys.take()) ?? StreamIntake(key: keys.take()))
            noteBeginning(of: stream)
            return stream
        } else if failure == nil {
            refuse(named: request.stream, request, tooManyStreams(request))
        }
        return nil
    }

    /// Whether a stream that does not exist begins with this.
    static func beginsLife(_ request: Request) -> Bool {
        request.operation == .put || (request.operation == .text && !request.text.isEmpty)
    }

    private func refuse(named id: StreamID, _ request: Request, _ refusal: Refusal) {
        acknowledge(request, .refused(refusal))
        refuse(named: id, refusal)
    }

    static func noSuchStream(_ request: Request) -> Refusal {
        let found = request.operation == .text ? "the end of a message" : "\(request.operation)"
        return Refusal(
            .noSuchStream,
            "\(found) for a stream that does not exist; expected one that has had text",
            endpoint: request.endpoint)
    }

    private func tooManyStreams(_ request: Request) -> Refusal {
        Refusal(
            .tooManyStreams,
            "the limit of \(options.maxStreams) streams in a compute thread is reached; end some",
            endpoint: request.endpoint)
    }

    /// The stream at its beginning, in the table. The first item of its line tells how it begins.
    ///
    /// - Parameter name: what its events say; nil for its id.
    func begin(
        _ id: StreamID, name: StreamID? = nil, slot: Int32, intake: StreamIntake
    ) -> StreamState {
        network.use(slot: slot)
        let stream = StreamState(
            id: id, name: name, slot: slot, tokenizer: IncrementalTokenizer(encoder),
            intake: intake)
        table.insert(stream)
        statistics.streams.add()
        return stream
    }

    /// A stream of that name ended with these still in its line: the first text begins another.
    func beginAgain(_ ended: StreamState, with rest: StreamWork) {
        while let item = rest.items.first {
            if let place = item.place, let slot = table.takeSlot() {
                let stream = begin(ended.id, slot: slot, intake: ended.intake)
                stream.journal = StreamJournal(key: place.key, life: place.life)
                inputs += 1
                stream.activity = inputs
                stream.lastInput = ended.lastInput
                stream.work = rest
                // What was recorded of this life was noted of the one before.
                noteDirty(stream)
                return scheduler.enqueue(stream)
            }
            refuseBetweenLives(item, ended.id)
            finish(weight: item.weight)
            _ = rest.popFirst()
        }
        depart(ended.id, ended.intake)
    }

    private func refuseBetweenLives(_ item: StreamWork.Item, _ id: StreamID) {
        switch item.content {
        case .request(let request): refuse(named: id, Self.noSuchStream(request))
        case .refusal(let refusal): refuse(named: id, refusal)
        case .query(let reply): reply(.success(nil))
        }
    }

    // MARK: Answers

    func acknowledge(_ request: Request, _ result: Acknowledgement.Result) {
        guard let replyTo = request.replyTo else { return }
        batch.acknowledgements.append(
            Acknowledgement(
                replyTo: replyTo, stream: request.stream,
                producerSequence: request.producerSequence, result: result))
    }

    private func acknowledge(
        _ refusal: Refusal, of stream: StreamID?, _ sender: EngineInput.Sender
    ) {
        batch.acknowledgements.append(
            Acknowledgement(
                replyTo: sender.replyTo, stream: stream, producerSequence: sender.producerSequence,
                result: .refused(refusal)))
    }
}
