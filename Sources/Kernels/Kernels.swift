internal import CKernels

/// The kernels of one tier. Every tier gives the same bits, whatever the batch.
///
/// A batch is given as indices of rows: `slots` of streams in their states, token ids in an
/// embedding. Methods that take a `RowView` are unsafe as far as that view's memory goes.
@safe package struct Kernels: Sendable {
    package let tier: KernelTier
    /// Constant data of CKernels, never written: safe to share.
    nonisolated(unsafe) let table: UnsafePointer<sluice_kernels>

    /// Throws where this processor cannot run the tier.
    package init(tier: KernelTier = .best) throws(KernelError) {
        guard let table = unsafe sluice_kernels_for(tier.cValue) else {
            throw .unavailableTier(tier, available: KernelTier.available)
        }
        self.tier = tier
        unsafe self.table = table
    }

    /// Runs independent fma chains in registers and returns the floating-point operations done:
    /// timed, the peak of one thread.
    package func spinFMA(iterations: Int) -> Double {
        var sink: Float = 0
        return unsafe table.pointee.fma_loop(iterations, &sink)
    }
}
