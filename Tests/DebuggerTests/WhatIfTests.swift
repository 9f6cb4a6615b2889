import Debugger
import Engine
import Kernels
import Model
import RecordingSupport
import Replay
import TestSupport
import Testing
import Wire

/// An edited incarnation equals one that is recorded with the edited text.
struct WhatIfTests {
    private let model: Model

    init() throws { model = try TestModel.make() }

    private static let texts = [
        "the first message", "a second one", "then a third", "the fourth and last",
    ]

    private func store(_ requests: [Request], checkpointTokens: UInt64 = 8) throws -> RecordedStore
    {
        let store = try RecordedStore()
        try store.serve(model, checkpointTokens: checkpointTokens)
        for request in requests { try store.accept(request) }
        try store.finish()
        return store
    }

    private func store(_ texts: [String]) throws -> RecordedStore {
        try store(texts.map { .text($0) })
    }

    private func run(
        _ session: Session, _ edits: [Edit], epoch: UInt64 = 0
    ) throws -> ([WhatIf.Row], WhatIfSummary) {
        let whatIf = try WhatIf(session, edits: edits, epoch: epoch)
        var rows: [WhatIf.Row] = []
        while let row = try whatIf.next() { rows.append(row) }
        return (rows, whatIf.summary)
    }

    private func points(_ session: Session) throws -> [SessionPoint] {
        let reader = try PointReader(session)
        var points: [SessionPoint] = []
        while let point = try reader.next() {
            if point.token != nil { points.append(point) }
        }
        return points
    }

    /// Expects that the edited tokens are the last tokens of a session recorded with these texts.
    private func expectEdited(_ rows: [WhatIf.Row], equals texts: [String]) throws {
        try expectEdited(rows, equals: store(texts))
    }

    private func expectEdited(_ rows: [WhatIf.Row], equals store: RecordedStore) throws {
        let edited = rows.compactMap(\.edited)
        let other = try points(store.session()).suffix(edited.count)
        #expect(edited.map(\.token) == other.map(\.token))
        #expect(edited.map(\.values) == other.map(\.values))
        #expect(edited.map(\.messageScore) == other.map(\.messageScore))
    }

    @Test func withoutEditsNothingChanges() throws {
        let session = try store(Self.texts).session()
        let (rows, summary) = try run(session, [])
        #expect(!summary.isChanged)
        #expect(rows.count == 60)
        #expect(rows.allSatisfy { $0.effect == 0 && $0.recorded?.token == $0.edited?.token })
        #expect(summary.messages.count == 4)
        #expect(summary.messages.allSatisfy { $0.recorded == $0.edited })
    }

    @Test func anEditedTextIsThatOfASessionRecordedWithIt() throws {
        let session = try store(Self.texts).session()
        var texts = Self.texts
        texts[2] = "something else"
        var (rows, summary) = try run(session, [.replace(message: 2, text: "something else")])
        try expectEdited(rows, equals: texts)
        #expect(summary.messages.last { $0.slot.isEdited }?.edited != nil)
        // Playing begins at the nearest checkpoint, not at the beginning.
        #expect(rows.count < 60)

        (rows, summary) = try run(session, [.drop(message: 1)])
        try expectEdited(rows, equals: [Self.texts[0], Self.texts[2], Self.texts[3]])
        let dropped = try #require(summary.messages.first { $0.slot.edited == nil })
        #expect(dropped.slot.recorded?.message == 1 && dropped.edited == nil)

        (rows, _) = try run(session, [.insert(message: 3, text: "in between")])
        try expectEdited(rows, equals: Self.texts[..<3] + ["in between", Self.texts[3]])

        (rows, _) = try run(session, [.insert(message: 4, text: "at the end")])
        try expectEdited(rows, equals: Self.texts + ["at the end"])

        (rows, _) = try run(
            session,
            [
                .drop(message: 3), .replace(message: 0, text: "new"),
                .insert(message: 0, text: "before all"),
            ])
        try expectEdited(rows, equals: ["before all", "new", Self.texts[1], Self.texts[2]])
    }

    @Test func piecesOfAMessageAreOneMessage() throws {
        let requests: [Request] = [
            .text("first "), .text("in ", more: true), .operation(.flush),
            .text("pieces", more: true),
            .text("!"), .text("last"),
        ]
        let session = try store(requests, checkpointTokens: 2).session()
        let (rows, _) = try run(session, [.replace(message: 1, text: "whole")])
        try expectEdited(
            rows,
            equals: store([.text("first "), .text("whole"), .operation(.flush), .text("last")]))
    }

    @Test func epochsHaveTheirOwnMessages() throws {
        let requests: [Request] = [
            .text("zero"), .text("one"), .operation(.reset), .text("again zero"),
            .text("again one"),
        ]
        let session = try store(requests).session()
        var (rows, _) = try run(session, [.drop(message: 0)], epoch: 1)
        try expectEdited(
            rows,
            equals: store([.text("zero"), .text("one"), .operation(.reset), .text("again one")]))
        (rows, _) = try run(session, [.insert(message: 2, text: "two")], epoch: 0)
        try expectEdited(
            rows,
            equals: store(
                [.text("zero"), .text("one"), .text("two"), .operation(.reset)] + requests[3...]))
        // A reset ends every effect.
        let summary = try run(session, [.replace(message: 0, text: "other")], epoch: 0).1
        #expect(summary.equalAfter == 3)
        #expect(summary.fadedAfter == 3)
    }

    @Test func overwrittenUnitsChangeWhatComesAfter() throws {
        let session = try store(Self.texts).session()
        let edit = try Edit(setting: "c[1][3] = -0.5 at 30", for: model.config)
        let (rows, summary) = try run(session, [edit])
        let index = try #require(rows.firstIndex { $0.isOverwritten })
        #expect(rows[index].edited?.position == 31)
        #expect(rows[index].edited?.values[63] == -0.5)
        #expect(rows[..<index].allSatisfy { $0.effect == 0 })
        #expect(rows[(index + 1)...].allSatisfy { $0.effect! > 0 })
        #expect(rows[index + 1].edited?.before[63] == -0.5 || rows[index + 1].edited?.token != nil)
        #expect(summary.isChanged && summary.tokensAfter == 60 - 31)
        // Setting the unit to its own value changes nothing.
        let value = try points(session)[30].values[63]
        let same = try run(session, [.set(unit: 63, value: value, token: 30)]).1
        #expect(!same.isChanged && same.equalAfter == 0)
    }

    @Test func aZeroedLayerIsZero() throws {
        let session = try store(Self.texts).session()
        let rows = try run(session, [Edit(zeroing: "1 at 20", for: model.config)]).0
        let row = try #require(rows.first { $0.isOverwritten })
        let values = try #require(row.edited?.values)
        #expect(
            values[40...].allSatisfy { $0 == 0 } && values[..<40] == row.recorded!.values[..<40])
    }

    @Test func editsOfMissingPartsAreRejected() throws {
        let session = try store(Self.texts).session()
        #expect(throws: EditError.noMessage(9, epoch: 0, count: 4)) {
            _ = try WhatIf(session, edits: [.drop(message: 9)])
        }
        #expect(throws: EditError.noMessage(0, epoch: 3, count: nil)) {
            _ = try WhatIf(session, edits: [.drop(message: 0)], epoch: 3)
        }
        #expect(throws: EditError.noToken(900)) {
            _ = try run(session, [.zero(layer: 0, token: 900)])
        }
    }

    @Test(
        arguments: [
            ("x[0][5]=0 at 1", 1), ("f[0][5]=0 at 1", 1), ("h[0]=0 at 1", 5), ("h[0][5] 0 at 1", 9),
            ("h[0][5]=x at 1", 9), ("h[0][5]=0 1", 11), ("h[0][5]=0 at -1", 14),
            ("h[0][5]=0 at 1.5", 14), ("h[0][5]=0 at 1 or 2", 16), ("h[0][20]=0 at 1", 6), ("5", 1),
        ])
    func errorsOfEditsPointAtTheirColumn(expression: String, column: Int) {
        let error = #expect(throws: ExpressionError.self) {
            _ = try Edit(setting: expression, for: model.config)
        }
        #expect(error?.column == column)
    }

    @Test func editsAreParsed() throws {
        let config = model.config
        #expect(
            try Edit(setting: "h[1][5]=2.5 at 7", for: config)
                == .set(unit: 45, value: 2.5, token: 7))
        #expect(try Edit(zeroing: " 1 at 7", for: config) == .zero(layer: 1, token: 7))
        #expect(throws: ExpressionError.self) { _ = try Edit(zeroing: "2 at 7", for: config) }
        #expect(throws: ExpressionError.self) { _ = try Edit(zeroing: "1", for: config) }
    }
}
