import Engine
package import Kernels

/// How to read again what was read before: other ways than the recording's must lead to the same.
package struct VerifyOptions: Sendable {
    package var threads = 1
    /// Parts of streams that one thread reads beside each other.
    package var batch = 64
    package var kernelTier = KernelTier.best

    package init() {}
}
