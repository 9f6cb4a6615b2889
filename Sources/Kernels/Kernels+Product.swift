internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

extension Kernels {
    /// Packs h of each slot, `k` floats, into the layout that `product` reads.
    @unsafe package func pack(
        _ rows: RowView, slots: Span<Int32>, k: Int, into packed: inout AlignedBuffer
    ) {
        precondition(k.isMultiple(of: Kernels.lanes) && slots.count * k <= packed.count)
        unsafe rows.check(slots, width: k)
        unsafe slots.withUnsafeBufferPointer { slots in
            unsafe packed.withUnsafeMutablePointer { packed in
                unsafe table.pointee.pack(rows.cRows(slots), slots.count, k, packed)
            }
        }
    }

    /// `y [batch, columns]` = packed rows times weights; with `continuing` y + the same. Each
    /// element is one fma chain in the order of k.
    package func product(
        _ packed: borrowing AlignedBuffer, batch: Int, weights: PackedMatrix,
        continuing: Bool = false, into y: inout AlignedBuffer
    ) {
        precondition(batch * weights.k <= packed.count && batch * weights.columns <= y.count)
        unsafe packed.withUnsafePointer { packed in
            unsafe weights.panels.withUnsafePointer { panels in
                unsafe y.withUnsafeMutablePointer { y in
                    unsafe table.pointee.product(
                        packed, batch, weights.k, panels, weights.columns / Kernels.lanes,
                        continuing,
                        y, weights.columns)
                }
            }
        }
    }
}
