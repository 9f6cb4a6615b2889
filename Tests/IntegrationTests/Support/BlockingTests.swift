import Foundation
import Testing

extension Trait where Self == BlockingTests {
    /// For suites whose tests wait for processes and sockets in blocking calls: they run on two
    /// threads of their own, and leave those of Swift's tasks to other tests. They have no time
    /// limit, which would count the time in line; each wait in them has one.
    static var blocking: Self { Self() }
}

struct BlockingTests: SuiteTrait, TestTrait, TestScoping {
    var isRecursive: Bool { true }

    @concurrent func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable @concurrent () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        try await withTaskExecutorPreference(BlockingExecutor.shared) { try await function() }
    }
}

/// Runs tasks on two threads.
private final class BlockingExecutor: TaskExecutor {
    static let shared = BlockingExecutor()
    private let queue = OperationQueue()

    private init() { queue.maxConcurrentOperationCount = 2 }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.addOperation { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
