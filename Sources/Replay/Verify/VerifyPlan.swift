import DequeModule
import Engine
import Journal
package import Storage
import Synchronization

/// A part of a life between two checkpoints: it can be read without what came before.
struct VerifyInterval: Sendable {
    let status: IncarnationStatus
    /// Without its snapshot; nil for the life's beginning.
    let start: CheckpointRecord?
    /// What to come to; nil for the end of what is kept.
    let end: CheckpointRecord?

    /// All parts of a life.
    static func all(
        of status: IncarnationStatus, checkpoints: [CheckpointRecord]
    ) -> [VerifyInterval] {
        let starts = (status.cut == 0 ? [nil] : []) + checkpoints.map(Optional.some)
        let ends = starts.dropFirst() + [nil]
        return zip(starts, ends).map { VerifyInterval(status: status, start: $0, end: $1) }
            .filter { !$0.isEmpty }
    }

    private var isEmpty: Bool {
        let from = (start?.sequence ?? 0, start?.position ?? 0)
        let to = (end?.sequence ?? status.nextSequence, end?.position ?? 0)
        return from >= to
    }
}

/// Which lives to verify.
package enum VerifyScope: Sendable {
    /// All lives, and the store itself.
    case all
    case life(IncarnationStatus)

    var isAll: Bool { if case .all = self { true } else { false } }
}

/// Hands the parts of all lives out to the threads that verify them.
final class VerifyPlan: Sendable {
    private struct State {
        var waiting = Deque<VerifyInterval>()
        var last: StreamIncarnation?
        var isExhausted = false
        var lives = 0
        var damages: [Divergence] = []
    }

    private static let page = 64
    private let scope: VerifyScope
    private let state = Mutex(State())

    init(_ scope: VerifyScope) { self.scope = scope }

    /// How many lives have been handed out.
    var lives: Int { state.withLock { $0.lives } }

    /// Lives whose parts cannot be told, because their own rows or checkpoints are damaged.
    var damages: [Divergence] { state.withLock { $0.damages } }

    /// The next part; nil when all have been handed out.
    ///
    /// - Parameter reader: the calling thread's.
    func next(_ reader: JournalReader) throws -> VerifyInterval? {
        try state.withLock { state in
            while state.waiting.isEmpty, !state.isExhausted { try fill(&state, reader) }
            return state.waiting.popFirst()
        }
    }

    private func fill(_ state: inout State, _ reader: JournalReader) throws {
        switch scope {
        case .life(let status):
            try add(status, to: &state, reader)
            state.isExhausted = true
        case .all:
            let page = try reader.streams(after: state.last, limit: Self.page)
            for summary in page {
                try add(summary.incarnation, to: &state, reader)
            }
            state.last = page.last?.incarnation ?? state.last
            state.isExhausted = page.count < Self.page
        }
    }

    private func add(
        _ life: StreamIncarnation, to state: inout State, _ reader: JournalReader
    ) throws {
        do throws(StorageError) {
            guard let status = try reader.incarnation(of: life.key) else { return }
            try add(status, to: &state, reader)
        } catch {
            guard error.code == .damaged else { throw error }
            state.damages.append(
                Divergence(
                    kind: .damage, stream: life.name, life: life.number, sequence: 0,
                    message: "\(error)", start: .init()))
        }
    }

    private func add(
        _ status: IncarnationStatus, to state: inout State, _ reader: JournalReader
    ) throws(StorageError) {
        let checkpoints = try reader.checkpoints(of: status.incarnation.key)
        state.waiting += VerifyInterval.all(of: status, checkpoints: checkpoints)
        state.lives += 1
    }
}
