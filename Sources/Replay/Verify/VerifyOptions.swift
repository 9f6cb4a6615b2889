import Engine
package import Kernels

/// How to replay: every way must lead to the recorded states.
package struct VerifyOptions: Sendable {
    package var threads = 1
    /// Intervals that one thread replays in a batch.
    package var batch = 64
    package var kernelTier = KernelTier.best

    package init() {}
}
