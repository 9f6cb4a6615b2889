import Engine
import Kernels
import Model
import Report
import Synchronization
import TestSupport
import Testing
import Tokenizer
import Wire

@Suite struct SessionTracerTests {
    /// Text in pieces of any length, messages, flushes and resets, and an end.
    private func requests(seed: UInt64, count: Int = 60) throws -> [Request] {
        var random = SeededRandom(seed: seed)
        let stream = try StreamID("s")
        let requests = (0..<count).map { index in
            switch index == 0 ? 19 : Int.random(in: 0..<20, using: &random) {
            case 0, 1: Request(stream: stream, operation: .reset)
            case 2: Request(stream: stream, operation: .flush)
            case 3: Request(stream: stream, text: random.bytes(9))
            case 4: Request(stream: stream, text: [])
            default:
                Request(
                    stream: stream, text: random.text(Int.random(in: 1...30, using: &random)),
                    more: Bool.random(using: &random))
            }
        }
        return requests + [Request(stream: stream, operation: .end)]
    }

    private func trace(
        _ model: Model, _ requests: [Request], units: UnitChoice = .all
    ) throws -> SessionTrace {
        var tracer = SessionTracer(requests, of: try StreamID("s"), model: model)
        tracer.units = units
        return try tracer.trace()
    }

    /// What the engine publishes of the same requests.
    private func events(_ model: Model, _ requests: [Request]) throws -> [Event] {
        let demand = Demand(outputs: 1)
        for kind in EventKind.allCases { demand.subscribe(output: 0, to: kind.topicPrefix) }
        let collected = Mutex<[Event]>([])
        let listeners = EngineListeners { _, frames, _ in
            let events = frames.entries.compactMap { entry -> Event? in
                guard let topic = Topic(bytes: frames.topic(of: entry)) else { return nil }
                return try? Event(kind: topic.kind, body: Array(frames.body(of: entry)))
            }
            collected.withLock { $0 += events }
        }
        let engine = try Engine(
            model: model, options: EngineOptions(), outputs: [OutputProfile()], demand: demand,
            listeners: listeners)
        engine.submit(requests.map { .request($0) })
        #expect(engine.finish())
        return collected.withLock { $0 }
    }

    private func expectSame(_ trace: SessionTrace, _ events: [Event]) {
        var (token, mark) = (0, 0)
        let messageEnds = trace.marks.filter {
            if case .messageEnd = $0.kind { true } else { false }
        }
        for event in events {
            switch event.payload {
            case .next(let prediction):
                let traced = trace.tokens[token]
                #expect(traced.id == prediction.id && traced.epoch == event.context.epoch)
                #expect(traced.offset == event.context.offset.lowerBound)
                #expect(traced.bytes.count == event.context.offset.count)
                #expect(traced.surprisal == prediction.surprisal)
                let candidates = token * trace.top..<(token + 1) * trace.top
                #expect(prediction.top.map(\.id).elementsEqual(trace.candidateIDs[candidates]))
                #expect(
                    prediction.top.map(\.probability)
                        .elementsEqual(trace.candidateProbabilities[candidates]))
                if !trace.model.hasSentiment { token += 1 }
            case .sentiment(let sentiment) where sentiment.scope == .token:
                #expect(trace.tokens[token].score == sentiment.score)
                token += 1
            case .sentiment(let sentiment):
                #expect(messageEnds[mark].kind == .messageEnd(score: sentiment.score))
                #expect(messageEnds[mark].position == token)
                mark += 1
            case .stream, .error: break
            }
        }
        #expect(token == trace.tokens.count)
    }

    @Test(arguments: TestModel.everyCell)
    func tokensAreThoseOfTheEngine(config: ModelConfig) throws {
        let model = try TestModel.make(config)
        let requests = try requests(seed: 1)
        expectSame(try trace(model, requests), try events(model, requests))
    }

    @Test func tokensOfTheShippedModelAreThoseOfTheEngine() throws {
        let model = try TestModel.shipped()
        let requests = try requests(seed: 8, count: 30)
        let trace = try trace(model, requests)
        expectSame(trace, try events(model, requests))
        #expect(trace.candidateTexts.count > 20)
        for (id, text) in trace.candidateTexts {
            #expect(text == Array(model.tokenizer.vocabulary.bytes(of: id)))
        }
    }

    @Test func aModelWithoutAStartTokenExpectsNothingAtFirst() throws {
        var config = TestModel.config(.gru)
        config.startToken = nil
        config.heads.sentiment = false
        let model = try TestModel.make(config)
        let requests = try requests(seed: 3)
        let trace = try trace(model, requests)
        #expect(trace.tokens[0].surprisal == nil && trace.tokens[1].surprisal != nil)
        #expect(trace.tokens.allSatisfy { $0.score == nil })
        expectSame(trace, try events(model, requests))
    }

    /// c of each token follows from that before and from the gates, in the vectors' order.
    @Test func vectorsStandInTheirOrder() throws {
        var config = TestModel.config(.lstm)
        config.startToken = nil
        let model = try TestModel.make(config)
        let request = Request(
            stream: try StreamID("s"), text: Array("some text of one message".utf8))
        let trace = try trace(model, [request])
        #expect(trace.model.vectors == ["h", "c", "i", "f", "g", "o"])
        let kernels = try Kernels()
        for layer in trace.layers {
            let count = layer.units.count
            let (h, c) = (layer.vectors[0], layer.vectors[1])
            for at in h.indices {
                let before = at < count ? 0 : c[at - count]
                let (i, f, g) = (layer.vectors[2][at], layer.vectors[3][at], layer.vectors[4][at])
                #expect(c[at].bitPattern == (i * g).addingProduct(f, before).bitPattern)
            }
            var tanhC = c
            kernels.tanh(&tanhC)
            #expect(zip(layer.vectors[5], tanhC).map { $0 * $1 } == h)
        }
    }

    @Test func fewerUnitsAreThoseThatMoveMost() throws {
        let model = try TestModel.make(TestModel.config(.gru))
        let requests = try requests(seed: 2)
        let all = try trace(model, requests)
        let some = try trace(model, requests, units: .mostActive(6))
        for (all, some) in zip(all.layers, some.layers) {
            var activity = UnitActivity(units: 20)
            for row in stride(from: 0, to: all.vectors[0].count, by: 20) {
                activity.add(all.vectors[0][row..<row + 20])
            }
            #expect(some.units == activity.mostActive(6))
            for (all, some6) in zip(all.vectors, some.vectors) {
                let picked = stride(from: 0, to: all.count, by: 20).flatMap { row in
                    some.units.map { all[row + $0] }
                }
                #expect(picked == some6)
            }
        }
        #expect(all.tokens == some.tokens && all.marks == some.marks)
    }

    @Test func whatIsNotFiniteEndsUntilTheNextReset() throws {
        let model = try TestModel.exploding(TestModel.exploding, token: 33)
        let stream = try StreamID("s")
        let trace = try trace(
            model,
            [
                Request(stream: stream, text: Array("ab!".utf8) + Array(repeating: 97, count: 200)),
                Request(stream: stream, text: Array("unheard".utf8)),
                Request(stream: stream, operation: .reset),
                Request(stream: stream, text: Array("again".utf8)),
            ])
        #expect(trace.marks.map(\.kind).prefix(2) == [.quarantine, .reset])
        #expect(trace.tokens.suffix(5).flatMap(\.bytes) == Array("again".utf8))
        #expect(trace.tokens.count == trace.marks[0].position + 5)
        #expect(trace.layers[0].vectors[0].allSatisfy { $0.isFinite })
        _ = try ReportWriter(trace)
    }

    @Test func tooManyTokensAreRefusedWithAdvice() throws {
        let model = try TestModel.make(seed: 3)
        let request = Request(stream: try StreamID("s"), text: Array("Some text.".utf8))
        var tracer = SessionTracer([request], of: request.stream, model: model)
        let limit = try tracer.trace().tokens.count
        tracer.maxTokens = limit
        #expect(try tracer.trace().tokens.count == limit)
        tracer = SessionTracer([request, request], of: request.stream, model: model)
        tracer.maxTokens = limit
        let error = try #require(throws: ReportError.self) { try tracer.trace() }
        #expect(error == .tooManyTokens(nil, limit: limit, isStored: false))
        #expect("\(error)".contains("--from and --to"))
    }

    @Test func noTextIsRefused() throws {
        let model = try TestModel.make()
        let nothing = Request(stream: try StreamID("s"), operation: .reset)
        #expect(throws: ReportError.noTokens(stream: "s")) { try trace(model, [nothing]) }
    }
}
