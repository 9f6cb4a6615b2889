import DequeModule
import Metrics
package import Model
package import Storage
import Tokenizer
package import Wire

/// One part of all streams, and all that happens to them. Not a thread: `ShardThread` drives it.
///
/// This file has the stages of a message in their order:
///
///     accept → journal → queue → tokenise → schedule → cells → heads → events → conclude
///
/// State belongs to the owners below; a stage calls their methods. Nothing here reads a clock or
/// depends on the presence of other streams.
package final class Shard {
    let model: Model
    let options: EngineOptions
    let statistics: EngineStatistics

    /// Which streams are in memory.
    let residence: StreamResidence
    /// What the store has of the others.
    let absent: AbsentStreams
    /// Requests, outcomes and checkpoints for the journal.
    let journal: ShardJournal
    /// Which stream is next.
    let scheduler: Scheduler
    /// States, cells and heads.
    let network: ShardNetwork
    /// Who wants which events, and their encoding.
    let publisher: EventPublisher
    let admission: Admission
    let text: TextReader
    /// Who waits for a sweep.
    var sweepRequests = SweepRequests()
    /// Weight of the requests that were finished since it was last taken.
    private var finishedWeight = 0

    /// - Parameters:
    ///   - store: what streams are restored from; nil where nothing is stored.
    ///   - keys: gives numbers to the incarnations that begin.
    ///   - awaitsRecovery: until it accepts `recovered`.
    /// - Throws: `ModelError` if the memory for the states cannot be reserved, `KernelError`.
    package init(
        model: Model, options: EngineOptions, outputs: [OutputProfile], demand: Demand,
        fragments: TokenFragments, statistics: EngineStatistics, store: (any StorageReader)? = nil,
        keys: StreamKeys = StreamKeys(next: 1), awaitsRecovery: Bool = false,
        refused: @escaping @Sendable (StreamID?, Refusal) -> Void = { _, _ in }
    ) throws {
        self.model = model
        self.options = options.limited(to: model.config)
        self.statistics = statistics
        residence = StreamResidence(
            options: options, evicts: store != nil, keys: keys, awaitsRecovery: awaitsRecovery,
            statistics: statistics)
        absent = AbsentStreams(store: store, model: model.fingerprint)
        journal = ShardJournal(model.fingerprint, options: options)
        scheduler = try Scheduler(model, options: options)
        network = try ShardNetwork(model, options: self.options)
        publisher = EventPublisher(
            model, options: self.options, outputs: outputs, demand: demand, fragments: fragments,
            statistics: statistics, refused: refused)
        text = TextReader(model)
        admission = Admission(model, encoder: text.encoder)
    }

    // MARK: 1. Accept

    package func accept(_ input: EngineInput) {
        switch input {
        case .request(let request):
            statistics.countRequest(bytes: request.text.count)
            accept(request, weight: input.weight)
        case .refusal(let id, let refusal, let sender):
            if let sender { journal.acknowledge(refusal, of: id, sender) }
            if let id {
                accept(.init(content: .refusal(refusal), weight: input.weight), of: id)
            } else {
                publisher.refuseUnnamed(refusal)
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
        case .eviction(let id, let reply):
            finish(weight: input.weight)
            evict(id, reply)
        case .checkpoint(let isDone):
            finish(weight: input.weight)
            sweepRequests.add(isDone)
        case .recovered:
            residence.endRecovery()
            finish(weight: input.weight)
        case .position(let id, let reply):
            reply(position(of: id))
            finish(weight: input.weight)
        case .list(let selection, let reply):
            reply(residence.residents(selection))
            finish(weight: input.weight)
        }
    }

    func accept(_ request: Request, weight: Int) {
        accept(.init(content: .request(request), weight: weight), of: request.stream)
    }

    /// Puts an input in its stream's queue.
    private func accept(_ item: StreamWork.Item, of id: StreamID) {
        do throws(Refusal) {
            guard let stream = try stream(id, for: item), absent.failure == nil else {
                return finish(weight: item.weight)
            }
            guard let placed = placed(item, stream) else {
                // A duplicate, for which the stream may have been restored, leaves it idle.
                residence.noteStillIdle(stream)
                return finish(weight: item.weight)
            }
            append(placed, to: stream)
        } catch {
            refuse(item, of: id, error)
        }
    }

    /// The stream of this name, in memory; nil where there is none that this could be put to.
    ///
    /// - Throws: why it is stopped.
    private func stream(_ id: StreamID, for item: StreamWork.Item) throws(Refusal) -> StreamState? {
        if let stream = residence[id] { return stream }
        if let stream = try restore(id) { return stream }
        return try begin(id, for: item)
    }

    // MARK: 2. Journal

    /// The input with its position in the journal, once it is recorded; nil if it goes no further.
    private func placed(_ item: StreamWork.Item, _ stream: StreamState) -> StreamWork.Item? {
        switch item.content {
        case .query: return item
        case .refusal(let refusal):
            // Between two incarnations there is no stream that it could be about.
            guard !stream.intake.isEnded else { return item }
            return recorded(item, as: Request(refusal, of: stream.id), stream)
        case .request(let request): return placed(item, request, stream)
        }
    }

    private func placed(
        _ item: StreamWork.Item, _ request: Request, _ stream: StreamState
    ) -> StreamWork.Item? {
        guard !stream.intake.isDuplicate(request) else {
            if stream.intake.noteLeaving(request) { journal.noteLeaving(request) }
            journal.acknowledge(request, .duplicate)
            return nil
        }
        if let refusal = admission.refusal(of: request, for: stream) {
            journal.acknowledge(request, .refused(refusal))
            return placed(.init(content: .refusal(refusal), weight: item.weight), stream)
        }
        if stream.intake.isEnded {
            guard Admission.beginsStream(request) else {
                journal.acknowledge(request, .refused(.noSuchStream(request)))
                return item
            }
            stream.intake = residence.nextIntake(after: stream.intake)
            journal.noteBeginning(of: stream)
        }
        if request.overtakes { cutShort(stream) }
        defer { journal.acknowledge(request, .accepted) }
        return recorded(item, as: request, stream)
    }

    private func recorded(
        _ item: StreamWork.Item, as request: Request, _ stream: StreamState
    ) -> StreamWork.Item {
        if stream.intake.isEvicted { decide(.resume, stream) }
        var item = item
        item.place = journal.record(request, stream)
        return item
    }

    // MARK: 3. Queue

    /// - Parameter arrival: when it came, in seconds since 1970; nil for now.
    func append(_ item: StreamWork.Item, to stream: StreamState, arrival: Double? = nil) {
        // Read-only queries do not count as activity.
        if !item.isQuery { residence.noteActivity(of: stream) }
        if item.isInput { stream.activity.noteInput(at: arrival ?? journal.time) }
        if stream.append(item) { scheduler.enqueue(stream) }
    }

    /// A decision of the daemon's own: it is a request in the stream's queue like any other.
    func decide(_ operation: Request.Operation, _ stream: StreamState) {
        append(decision(operation, stream), to: stream)
    }

    func decision(_ operation: Request.Operation, _ stream: StreamState) -> StreamWork.Item {
        let request = Request(stream: stream.id, operation: operation)
        return .init(
            content: .request(request), weight: 0, place: journal.record(request, stream))
    }

    // MARK: 4. Tokenise

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
            case .messageEnd where !stream.state.message.isEmpty: return true
            case .messageEnd: endMessage(stream)
            case .finished(let receipt): conclude(receipt, stream)
            }
            work.dropStep()
        }
        return false
    }

    private func becomeIdle(_ stream: StreamState) {
        _ = stream.takeWork()
        residence.noteIdle(stream)
    }

    // MARK: 5. Schedule

    package var isIdle: Bool { scheduler.isIdle }

    /// Advances streams by a token each, or by several while few streams are ready, up to the batch
    /// limit, each in its turn. False if there was nothing to do.
    @discardableResult
    package func step() -> Bool {
        guard !isIdle else { return false }
        let batch = scheduler.nextBatch(refill)
        if scheduler.readsWholeMessages {
            gatherMessages(batch)
        } else if !batch.isEmpty {
            read(batch)
        }
        return true
    }

    /// What a message's or a request's end leads to comes before the tokens after it.
    private func takeTokens(_ batch: [StreamState]) -> Reading {
        let most = scheduler.tokensEach(ready: batch.count)
        var reading = Reading()
        for stream in batch {
            publisher.refreshAudience(of: stream)
            reading.take(stream, most: most) { tokens in
                publisher.wantsNext(stream, afterTokens: tokens)
            }
        }
        return reading
    }

    /// Puts a stream back in the queue if it has more to do.
    private func enqueueAgain(_ stream: StreamState) {
        settle(stream)
        if let damage = stream.damage { return stop(stream, damage) }
        guard let work = stream.work else { return }
        if work.isEmpty { becomeIdle(stream) } else { scheduler.enqueue(stream) }
    }

    // MARK: 6. Cells and heads

    private func read(_ batch: [StreamState]) {
        var reading = takeTokens(batch)
        network.predictBefore(reading)
        network.readFirstSurprisals(&reading)
        network.advance(&reading)
        network.scoreSentiment(reading)
        network.predictAfter(&reading)
        network.readLaterSurprisals(&reading)
        publish(reading)
        statistics.countStep(
            tokens: reading.tokenCount, rows: reading.rowCount, streams: batch.count)
        for stream in batch { enqueueAgain(stream) }
    }

    /// Of a model that reads whole messages: token by token only the message grows; what it says
    /// comes at its end, and nothing of it stays for the next one.
    private func gatherMessages(_ batch: [StreamState]) {
        let gathering = batch.filter { $0.work?.isAtToken ?? false }
        for stream in batch where stream.work?.isAtToken == false {
            scheduler.enqueueMessage(of: stream)
        }
        let reading = gathering.isEmpty ? Reading() : takeTokens(gathering)
        for run in reading.runs {
            for row in run.rows { gather(reading.rows[row], run.stream) }
        }
        for stream in gathering { enqueueAgain(stream) }
        for (stream, logit) in scheduler.advanceMessages() {
            takeScore(logit, stream)
            enqueueAgain(stream)
        }
        if !gathering.isEmpty {
            statistics.countStep(
                tokens: reading.tokenCount, rows: reading.rows.count, streams: gathering.count)
        }
    }

    private func gather(_ row: Reading.Row, _ stream: StreamState) {
        if stream.gather(row.token, most: model.config.longestMessage) {
            publisher.refuse(stream, .messageTooLong)
        }
        if let bytes = row.byteCount { stream.count(row.token, bytes: bytes) }
    }

    /// The result of a whole message. It was the first of the stream's steps, and continues from there.
    private func takeScore(_ logit: Float?, _ stream: StreamState) {
        stream.dropGathered()
        guard let logit else {
            return publisher.refuse(stream, .nonFinite(inMessage: stream.state.messages))
        }
        stream.note(network.sentiment(logit: logit))
    }

    // MARK: 7. Events

    /// Token by token what follows from each, as if each had had a step of its own.
    private func publish(_ reading: Reading) {
        for run in reading.runs {
            let stream = run.stream
            for index in run.finite {
                let row = reading.rows[index]
                if let score = network.sentiment(after: index) { stream.note(score) }
                if let bytes = row.byteCount { stream.count(row.token, bytes: bytes) }
                publisher.publish(row, of: stream, by: network)
            }
            let last = reading.rows[run.rows.upperBound - 1]
            stream.notePrediction(
                logSumExp: run.isStopped ? nil : network.logSumExp(after: last))
            if run.isStopped { quarantine(stream) }
        }
    }

    /// Scores the message that the stream's state has just finished reading.
    private func endMessage(_ stream: StreamState) {
        let offset = stream.endMessage(
            next: scheduler.readsWholeMessages
                ? .start : stream.state.hasPrediction ? .separator : nil)
        statistics.messages.add()
        publisher.publishMessageEnd(of: stream, offset: offset, by: network)
    }

    // MARK: 8. Conclude

    /// All that the request asked for is done.
    func conclude(_ receipt: StreamWork.Receipt, _ stream: StreamState) {
        finish(weight: receipt.weight)
        guard let place = receipt.place else { return }
        if let outcome = receipt.outcome {
            if snapshot(of: stream).stateDigest != outcome.stateDigest {
                stream.stop(.diverged(at: outcome.sequence))
            }
        } else {
            journal.noteOutcome(
                place, stream, stateDigest: snapshot(of: stream).stateDigest)
        }
        stream.journal.end(place)
        stream.audience.end()
        if stream.damage == nil { checkpointIfDue(stream) }
    }

    /// The mailbox has room for so much more.
    func finish(weight: Int) { finishedWeight += weight }

    package func takeFinishedWeight() -> Int {
        defer { finishedWeight = 0 }
        return finishedWeight
    }
}
