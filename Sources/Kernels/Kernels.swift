internal import CKernels

/// The kernels of one tier. Every tier gives the same bits for every batch.
///
/// A batch is given as row indices: `slots` of streams in their states, token ids in an embedding.
/// Methods with a `RowView` are unsafe: the view must be valid. They check indices, widths and
/// counts.
@safe package struct Kernels: Sendable {
    package let tier: KernelTier
    /// `nonisolated(unsafe)`: constant data of CKernels, which is never written.
    nonisolated(unsafe) let table: UnsafePointer<sluice_kernels>

    /// - Throws: `KernelError` if this processor cannot run the tier.
    package init(tier: KernelTier = .best) throws(KernelError) {
        guard let table = unsafe sluice_kernels_for(tier.cValue) else {
            throw .unavailableTier(tier, available: KernelTier.available)
        }
        self.tier = tier
        unsafe self.table = table
    }

    /// Runs independent fma chains in registers, to time the peak of one thread. Returns the number
    /// of floating-point operations.
    package func spinFMA(iterations: Int) -> Double {
        var sink: Float = 0
        return unsafe table.pointee.fma_loop(iterations, &sink)
    }
}
