import Debugger
import Engine
import Foundation
import Kernels
import Model
import RecordingSupport
import Replay
import TestSupport
import Testing
import Wire

/// The first difference of two sides, and the summary of all differences.
struct DifferTests {
    private let kernels: Kernels
    private let model: Model

    init() throws {
        kernels = try Kernels(tier: .best)
        model = try TestModel.make()
    }

    private func session(_ texts: [String], model: Model? = nil) throws -> Session {
        try session(texts.map { .text($0) }, model: model)
    }

    private func session(_ requests: [Request], model: Model? = nil) throws -> Session {
        let store = try RecordedStore()
        try store.serve(model ?? self.model)
        for request in requests { try store.accept(request) }
        try store.finish()
        return try store.session()
    }

    private func side(
        _ session: Session, epoch: UInt64? = nil, model: Model? = nil
    ) throws -> DiffSide {
        DiffSide(
            try PointReader(
                session,
                source: RequestSource(session, models: model.map { model in { _ in model } })),
            epoch: epoch)
    }

    private func run(_ a: DiffSide, _ b: DiffSide) throws -> ([Segment], DiffSummary) {
        let differ = try Differ(a, b, kernels: kernels)
        var segments: [Segment] = []
        while let segment = try differ.next() { segments.append(segment) }
        return (segments, differ.summary)
    }

    @Test func aStreamDoesNotDifferFromItself() throws {
        let texts = ["one message", "and another one"]
        let (segments, summary) = try run(side(session(texts)), side(session(texts)))
        #expect(segments.count == 26)
        #expect(summary.first == nil && summary.differing == 0)
        #expect(summary.topAgreement == 1)
        #expect(abs(summary.sentimentCorrelation! - 1) < 1e-9)
        #expect(summary.meanDivergence! < 1e-9)
        #expect(summary.a.bitsPerByte == summary.b.bitsPerByte)
    }

    @Test(arguments: [0, 3, 20])
    func aPlantedDifferenceIsFound(at index: Int) throws {
        var text = Array("the same text in both streams".utf8)
        let original = String(decoding: text, as: UTF8.self)
        text[index] = UInt8(ascii: "#")
        let (segments, summary) = try run(
            side(session(["first", original])),
            side(session(["first", String(decoding: text, as: UTF8.self)])))
        let first = try #require(summary.first)
        #expect(first.offset == UInt64(5 + index)..<UInt64(6 + index))
        #expect(first.difference == .text)
        #expect(first.a.first?.token?.message == 1)
        #expect(segments[..<(5 + index)].allSatisfy { $0.difference == nil })
        #expect(segments[5 + index].b.first?.token?.bytes == [UInt8(ascii: "#")])
    }

    @Test func aStateDifferenceIsFoundWhereTextAndTokensAreEqual() throws {
        let whole = try session([.text("first", more: true), .text("then")])
        let parted = try session(["first", "then"])
        let (segments, summary) = try run(side(whole), side(parted))
        #expect(summary.first?.offset.lowerBound == 4)
        #expect(summary.first?.difference == .message)
        // The separator was read before this token.
        #expect(segments[5].difference == .surprisal)
    }

    @Test func theShorterSideIsReported() throws {
        let (segments, summary) = try run(side(session(["abc"])), side(session(["abc", "de"])))
        #expect(summary.first?.difference == .length)
        #expect(summary.first?.offset == 3..<4)
        #expect(segments.count == 5)
        #expect(segments[4].a.isEmpty && !segments[4].b.isEmpty)
    }

    @Test func numbersEqualAnIndependentComputation() throws {
        let other = try TestModel.make(seed: 9)
        let session = try session(["some text to compare", "in two messages"])
        let (segments, summary) = try run(side(session), side(session, model: other))
        #expect(summary.differing == segments.count)
        let points = segments.map { ($0.a[0], $0.b[0]) }
        let bits = points.compactMap { $0.1.token?.surprisal.map(Double.init) }.reduce(0, +)
        #expect(abs(summary.b.bitsPerByte! - bits / Double(points.count)) < 1e-9)
        let agreed = points.count {
            $0.0.token?.candidates.first?.id == $0.1.token?.candidates.first?.id
        }
        #expect(summary.topAgreement == Double(agreed) / Double(points.count))
        // Pearson's correlation by its definition.
        let x = points.map { Double($0.0.token!.sentiment!.score) }
        let y = points.map { Double($0.1.token!.sentiment!.score) }
        let (mx, my) = (x.reduce(0, +) / Double(x.count), y.reduce(0, +) / Double(y.count))
        let xy = zip(x, y).map { ($0 - mx) * ($1 - my) }.reduce(0, +)
        let xx = x.map { ($0 - mx) * ($0 - mx) }.reduce(0, +)
        let yy = y.map { ($0 - my) * ($0 - my) }.reduce(0, +)
        #expect(abs(summary.sentimentCorrelation! - xy / (xx * yy).squareRoot()) < 1e-9)
        #expect(summary.meanDivergence! > 0)
    }

    @Test func theWholeVocabularyAgreesWithTheCandidates() throws {
        let segments = try run(side(session(["abc"])), side(session(["abc"]))).0
        let reader = try HeadReader(model, kernels: kernels)
        for segment in segments {
            let logarithms = reader.logProbabilities(after: segment.a[0].values)
            #expect(abs(logarithms.reduce(0) { $0 + exp($1) } - 1) < 1e-9)
            for candidate in segment.a[0].token!.candidates {
                let probability = exp(logarithms[Int(candidate.id)])
                #expect(abs(probability - Double(candidate.probability)) < 1e-6)
            }
        }
        #expect(abs(divergence([log(0.5), log(0.5)], [log(0.25), log(0.75)]) - 0.2075) < 1e-4)
    }

    @Test func epochsAreComparedWithEachOther() throws {
        let session = try session([.text("abcd"), .operation(.reset), .text("abed")])
        let (segments, summary) = try run(side(session, epoch: 0), side(session, epoch: 1))
        #expect(segments.count == 4)
        #expect(summary.first?.offset == 2..<3)
        let whole = try run(side(session), side(session)).0
        #expect(whole.map(\.offset.lowerBound) == Array(0..<8))
    }

    @Test func differentTokenizersAreAligned() throws {
        let session = try session(["Other tokens of the same text — überall."])
        let shipped = try TestModel.shipped()
        let (segments, summary) = try run(side(session), side(session, model: shipped))
        #expect(summary.meanDivergence == nil)
        #expect(summary.a.bytes == summary.b.bytes)
        #expect(summary.b.tokens < summary.a.tokens)
        for segment in segments {
            #expect(
                segment.a.flatMap { $0.token!.source } == segment.b.flatMap { $0.token!.source })
        }
    }

    @Test func aChangeOfTheModelIsReadByOneModelThroughout() throws {
        let store = try RecordedStore()
        try store.serve(model)
        try store.accept(.text("by the first"))
        try store.serve(try TestModel.make(seed: 5))
        try store.accept(.text("by the second"))
        try store.finish()
        let session = try store.session()
        let (segments, summary) = try run(side(session), side(session, model: model))
        #expect(summary.first?.offset.lowerBound == 12)
        #expect(segments.count == 25)
    }
}
