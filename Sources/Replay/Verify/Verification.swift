import Engine
import Storage
import Synchronization
import Threads

/// Replays a store and compares every digest that it holds.
///
/// Incarnations are divided into intervals at their checkpoints, and intervals are replayed in
/// batches: one long stream fills a batch, too. Each interval must end in the state that the next
/// begins with.
package final class Verification: Sendable {
    private struct State {
        var findings = VerifyFindings()
        var nextReport = ContinuousClock.now
        var failure: (any Error)?
    }

    private let storage: any Storage
    private let checksStore: Bool
    private let models: ModelCache
    private let options: VerifyOptions
    private let plan: VerifyPlan
    private let shouldStop: @Sendable () -> Bool
    private let progress: @Sendable (VerifyCounts) -> Void
    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)

    /// - Parameters:
    ///   - shouldStop: asked regularly; the result is what was found so far.
    ///   - progress: called regularly. Both are called on threads of verification.
    package init(
        _ store: SessionStore, _ scope: VerifyScope, options: VerifyOptions = VerifyOptions(),
        shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (VerifyCounts) -> Void = { _ in }
    ) {
        storage = store.storage
        checksStore = scope.isAll
        models = store.models
        self.options = options
        plan = VerifyPlan(scope)
        self.shouldStop = shouldStop
        self.progress = progress
    }

    private func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Returns when all has been compared.
    ///
    /// - Throws: `StorageError` if the store cannot be read at all, `KernelError`.
    package func run() throws -> VerifyResult {
        let threads = (0..<max(1, options.threads)).map { index in
            WorkerThread(name: "verify \(index)") { [self] in
                do {
                    try work()
                } catch {
                    state.withLock { $0.failure = $0.failure ?? error }
                    stop()
                }
            }
        }
        for thread in threads { thread.join() }
        if let failure = state.withLock({ $0.failure }) { throw failure }
        var result = state.withLock { $0.findings.result }
        result.counts.incarnations = plan.incarnations
        result.divergences += plan.damages
        result.wasInterrupted = isStopped.load(ordering: .relaxed)
        try narrow(&result)
        if checksStore, !result.wasInterrupted { try check(&result) }
        return result
    }

    /// Replay does not read all of a store: an index or a row of a run may be damaged as well.
    private func check(_ result: inout VerifyResult) throws(StorageError) {
        do throws(StorageError) {
            let isWhole = try storage.check(shouldStop: shouldStop)
            result.isStoreChecked = isWhole
            result.wasInterrupted = !isWhole
        } catch {
            guard error.code == .damaged else { throw error }
            result.isStoreChecked = true
            result.storeDamage = error
        }
    }

    /// Steps between two looks at the clock.
    private static let stepsAtOnce = 64

    private func work() throws {
        let store = try SessionStore(storage, models: models)
        let reader = try VerifyReader(store, plan, options)
        var isBusy = true
        while isBusy, !isStopped.load(ordering: .relaxed) {
            for _ in 0..<Self.stepsAtOnce where isBusy { isBusy = try reader.step() }
            report(reader.takeFindings())
            if isBusy, shouldStop() { stop() }
        }
    }

    private func report(_ findings: VerifyFindings) {
        let counts: VerifyCounts? = state.withLock { state in
            state.findings.formUnion(findings)
            guard state.nextReport <= .now else { return nil }
            state.nextReport = .now + .milliseconds(100)
            return state.findings.counts
        }
        guard var counts else { return }
        counts.incarnations = plan.incarnations
        progress(counts)
    }

    /// Divergences that are narrowed to a token.
    private static let narrowed = 16

    private func narrow(_ result: inout VerifyResult) throws {
        guard !result.isEqual, !result.wasInterrupted else { return }
        let store = try SessionStore(storage, models: models)
        for index in result.divergences.indices.prefix(Self.narrowed)
        where result.divergences[index].kind != .damage {
            let divergence = result.divergences[index]
            result.divergences[index].narrowing = try? Narrowing(
                divergence, in: store, options: options)
        }
    }
}
