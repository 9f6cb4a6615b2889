import Debugger
import Engine
import Kernels
import Model
import RecordingSupport
import Replay
import TestSupport
import Testing
import Wire

/// A place has the same values after any steps as in one run from the start.
struct SessionDebuggerTests {
    private static func straight(_ session: Session) throws -> [SessionPoint] {
        let reader = try PointReader(session)
        var points = [reader.standing]
        while let point = try reader.next() { points.append(point) }
        return points
    }

    private func check(_ found: SessionPoint?, _ expected: SessionPoint?) {
        #expect(found?.position == expected?.position)
        #expect(found?.token == expected?.token, "at \(expected?.position ?? 0)")
        #expect(found?.events == expected?.events, "at \(expected?.position ?? 0)")
        #expect(found?.outcomes == expected?.outcomes)
        #expect(found?.values == expected?.values)
        #expect(found?.before == expected?.before)
        #expect(found?.text == expected?.text, "at \(expected?.position ?? 0)")
        #expect(found?.epoch == expected?.epoch)
        #expect(found?.offset == expected?.offset)
        #expect(found?.messages == expected?.messages)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func aRunFromTheStartGivesTheEventsOfTheDaemon(seed: UInt64) throws {
        let store = try RecordedStore.random(
            [TestModel.make(), TestModel.make(TestModel.config(.gru), seed: 2)], seed: seed)
        let points = try Self.straight(store.session())
        #expect(try points.flatMap(\.events) == store.events)
        #expect(points.count { $0.token != nil } > 300)
    }

    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func randomStepsGiveTheValuesOfARunFromTheStart(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let models = [try TestModel.make(), try TestModel.make(TestModel.config(.gru), seed: 2)]
        let store = try RecordedStore.random(
            models, checkpointTokens: [5, 16, 300][Int(seed) % 3], seed: seed)
        let session = try store.session()
        let straight = try Self.straight(session)
        let debugger = try SessionDebugger(session)
        let last = UInt64(straight.count) - 1
        var position: UInt64 = 0
        for _ in 0..<150 {
            switch Int.random(in: 0..<5, using: &random) {
            case 0: position = UInt64.random(in: 0...last + 2, using: &random)
            case 1: position = min(last, position + 1)
            case 2: position -= min(position, 7)
            case 3: position = try debugger.end()
            default: position -= min(position, 1)
            }
            check(
                try debugger.point(at: position),
                position <= last ? straight[Int(position)] : nil)
        }
        #expect(try debugger.end() == last)
    }

    @Test func aStreamThatWasPutBeginsWhereItsSnapshotEnds() throws {
        let model = try TestModel.make()
        let donor = try RecordedStore()
        try donor.serve(model)
        try donor.accept(.text("it has read this before"))
        try donor.finish()
        let session = try donor.session()
        let snapshot = try #require(try session.snapshot(atOrBeforeToken: .max))
        let store = try RecordedStore()
        try store.serve(model)
        var moved = snapshot
        (moved.sequence, moved.position) = (0, 0)
        var put = Request.operation(.put)
        put.text = moved.encoded()
        try store.accept(put, .text("and this here"))
        try store.finish()
        let debugger = try SessionDebugger(store.session())
        #expect(debugger.first == 23)
        #expect(try debugger.point(at: 22) == nil)
        #expect(try debugger.point(at: 23)?.token == nil)
        #expect(try debugger.point(at: 24)?.token?.bytes == Array("a".utf8))
        #expect(try debugger.end() == 36)
    }

    @Test(arguments: [5, 300] as [UInt64])
    func searchesFindWhatALinearScanFinds(checkpointTokens: UInt64) throws {
        let model = try TestModel.make()
        let store = try RecordedStore.random([model], checkpointTokens: checkpointTokens, seed: 7)
        let session = try store.session()
        let straight = try Self.straight(session)
        let gates = try GateReader(model, kernels: Kernels(tier: .best))
        func median(_ value: (SessionPoint) -> Float?) -> Double {
            let values = straight.compactMap { $0.token == nil ? nil : value($0) }.sorted()
            return Double(values[values.count / 2])
        }
        let score = median { $0.token?.sentiment?.score }
        let h = median { abs($0.values[43]) }
        let forget = median { gates.gates(at: $0, layer: 1)?[1][2] }
        for expression in [
            "surprisal > 8.2", "sentiment crosses \(score)", "|h[1][3]| > \(h)",
            "text matches /[aeiou]{2}/", "norm(c[0]) > 0.5 and not message_ends",
            "error or reset", "f[1][2] > \(forget)",
        ] {
            let condition = try ValueExpression(expression, for: model.config, isCondition: true)
            let expected = try straight.indices.filter { index in
                try condition.holds(
                    at: straight[index], after: index > 0 ? straight[index - 1] : nil,
                    gates: gates)
            }
            #expect(!expected.isEmpty && expected.count < straight.count, "\(expression)")
            let debugger = try SessionDebugger(session)
            let predicate: SessionDebugger.Predicate = {
                try condition.holds(at: $0, after: $1, gates: gates)
            }
            var forwards: [Int] = []
            var position = debugger.first
            while case .at(let hit) = try debugger.next(after: position, where: predicate) {
                forwards.append(Int(hit))
                position = hit
            }
            #expect(forwards == expected.filter { $0 > 0 }, "\(expression)")
            var backwards: [Int] = []
            position = try debugger.end() + 1
            while case .at(let hit) = try debugger.last(before: position, where: predicate) {
                backwards.append(Int(hit))
                position = hit
            }
            #expect(backwards.reversed() == expected, "\(expression)")
        }
    }

    @Test func aSearchCanBeInterrupted() throws {
        let store = try RecordedStore.random([TestModel.make()], seed: 9)
        let debugger = try SessionDebugger(store.session())
        let shouldContinue: (UInt64) -> Bool = { _ in false }
        let forwards = try debugger.next(after: 0, shouldContinue: shouldContinue) { _, _ in false }
        #expect(forwards == .interrupted(at: 64))
        let end = try debugger.end()
        let backwards = try debugger.last(before: end, shouldContinue: shouldContinue) { _, _ in
            false
        }
        guard case .interrupted(let position) = backwards else {
            Issue.record("\(backwards)")
            return
        }
        #expect(position < end)
    }

    @Test func placesAreFoundByMessageOffsetAndTime() throws {
        let store = try RecordedStore()
        try store.serve(TestModel.make(), checkpointTokens: 4)
        try store.accept(.text("first one"), .text("second"), .text("the third"))
        try store.accept(.operation(.reset), .text("again"))
        try store.finish()
        let debugger = try SessionDebugger(store.session())
        func text(at place: SessionPlace) throws -> String? {
            let point = try debugger.point(at: debugger.position(of: place))
            return point.map { String(decoding: $0.text, as: UTF8.self) }
        }
        #expect(try text(at: .message(epoch: 0, 2)) == "t")
        #expect(try text(at: .offset(epoch: 0, 10)) == "se")
        #expect(try text(at: .epochToken(epoch: 1, 1)) == "ag")
        #expect(try text(at: .time(1_700_000_002)) == "s")
        #expect(try debugger.point(at: debugger.position(of: .end))?.token?.bytes == [0x6E])
    }
}
