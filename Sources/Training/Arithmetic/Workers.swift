/// A thread pool and the scratch memory of each of its workers.
package final class Workers<Scalar: TrainingScalar>: Sendable {
    package let pool: ThreadPool
    let scratch: [ScratchBuffers<Scalar>]

    package init(_ pool: ThreadPool) {
        self.pool = pool
        scratch = (0..<pool.threads).map { _ in ScratchBuffers() }
    }
}
