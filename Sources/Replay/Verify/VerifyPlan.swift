import DequeModule
import Engine
import Storage
import Synchronization

/// Gives the intervals of all incarnations to the threads that verify them.
final class VerifyPlan: Sendable {
    private struct State {
        var waiting = Deque<VerifyInterval>()
        var last: StreamIncarnation?
        var isExhausted = false
        var incarnations = 0
        var damages: [Divergence] = []
    }

    private static let page = 64
    private let scope: VerifyScope
    private let state = Mutex(State())

    init(_ scope: VerifyScope) { self.scope = scope }

    /// Incarnations that have been given out.
    var incarnations: Int { state.withLock { $0.incarnations } }

    /// Incarnations without intervals, because their own rows or checkpoints are damaged.
    var damages: [Divergence] { state.withLock { $0.damages } }

    /// The next interval; nil when all have been given out.
    ///
    /// - Parameter reader: of the calling thread.
    func next(_ reader: any HistoryReader) throws -> VerifyInterval? {
        try state.withLock { state in
            while state.waiting.isEmpty, !state.isExhausted { try fill(&state, reader) }
            return state.waiting.popFirst()
        }
    }

    private func fill(_ state: inout State, _ reader: any HistoryReader) throws {
        switch scope {
        case .incarnation(let status):
            try add(status, to: &state, reader)
            state.isExhausted = true
        case .all:
            let page = try reader.summaries(.init(after: state.last, limit: Self.page))
            for summary in page {
                try add(summary.incarnation, to: &state, reader)
            }
            state.last = page.last?.incarnation ?? state.last
            state.isExhausted = page.count < Self.page
        }
    }

    private func add(
        _ incarnation: StreamIncarnation, to state: inout State, _ reader: any HistoryReader
    ) throws {
        do throws(StorageError) {
            guard let status = try reader.incarnation(of: incarnation.key) else { return }
            try add(status, to: &state, reader)
        } catch {
            guard error.code == .damaged else { throw error }
            state.damages.append(
                Divergence(
                    kind: .damage, stream: incarnation.name, incarnation: incarnation.number,
                    sequence: 0,
                    message: "\(error)", start: .init()))
        }
    }

    private func add(
        _ status: IncarnationStatus, to state: inout State, _ reader: any HistoryReader
    ) throws(StorageError) {
        let checkpoints = try reader.checkpoints(of: status.incarnation.key)
        state.waiting += VerifyInterval.all(of: status, checkpoints: checkpoints)
        state.incarnations += 1
    }
}
