import Engine
import Journal
import Storage
import Synchronization
import Threads

/// Reads a store again and compares every digest that it holds.
///
/// A life is taken apart at its checkpoints, and the parts of all lives are read beside each other:
/// so one long stream fills a batch, too. That each part ends in the state that the next begins
/// with shows that they are one.
package final class Verification: Sendable {
    private struct State {
        var findings = VerifyFindings()
        var nextReport = ContinuousClock.now
        var failure: (any Error)?
    }

    private let path: String
    private let checksStore: Bool
    private let models: ModelShelf
    private let options: VerifyOptions
    private let plan: VerifyPlan
    private let shouldStop: @Sendable () -> Bool
    private let progress: @Sendable (VerifyCounts) -> Void
    private let state = Mutex(State())
    private let isStopped = Atomic<Bool>(false)

    /// - Parameters:
    ///   - shouldStop: asked now and then; what was found so far is the result.
    ///   - progress: told now and then. Both are called on threads of verification.
    package init(
        _ store: SessionStore, _ scope: VerifyScope, options: VerifyOptions = VerifyOptions(),
        shouldStop: @escaping @Sendable () -> Bool = { false },
        progress: @escaping @Sendable (VerifyCounts) -> Void = { _ in }
    ) {
        path = store.path
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
        result.counts.lives = plan.lives
        result.divergences += plan.damages
        result.wasInterrupted = isStopped.load(ordering: .relaxed)
        try narrow(&result)
        if checksStore, !result.wasInterrupted { try check(&result) }
        return result
    }

    /// What replay never reads, such as an index or a row of a run, may be damaged as well.
    private func check(_ result: inout VerifyResult) throws(StorageError) {
        do throws(StorageError) {
            let isWhole = try JournalReader(path: path).check(shouldStop: shouldStop)
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
        let store = try SessionStore(path: path, models: models)
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
        counts.lives = plan.lives
        progress(counts)
    }

    /// Divergences that are looked at closely.
    private static let narrowed = 16

    private func narrow(_ result: inout VerifyResult) throws {
        guard !result.isEqual, !result.wasInterrupted else { return }
        let store = try SessionStore(path: path, models: models)
        for index in result.divergences.indices.prefix(Self.narrowed)
        where result.divergences[index].kind != .damage {
            let divergence = result.divergences[index]
            result.divergences[index].narrowing = try? Narrowing(
                divergence, in: store, options: options)
        }
    }
}
