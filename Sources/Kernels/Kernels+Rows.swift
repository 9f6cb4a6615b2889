internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

extension Kernels {
    /// `results[b]` = row `indices[b]` of the weights times h of `slots[b]`, plus the bias of that
    /// row. For rows of a head, the result has the bits of that logit.
    @unsafe package func dot(
        _ weights: RowMatrix, indices: Span<Int32>, hidden: RowView, slots: Span<Int32>,
        into results: inout [Float]
    ) {
        precondition(slots.count == indices.count && slots.count <= results.count)
        unsafe hidden.check(slots, width: weights.paddedColumns)
        unsafe weights.withRows { rows in
            unsafe rows.check(indices, width: weights.paddedColumns)
            unsafe indices.withUnsafeBufferPointer { indices in
                unsafe slots.withUnsafeBufferPointer { slots in
                    unsafe weights.withBias { bias in
                        unsafe table.pointee.dot(
                            rows.cRows(indices), bias, hidden.cRows(slots), slots.count,
                            weights.paddedColumns, &results)
                    }
                }
            }
        }
    }

    /// `results[b]` = whether the first `width` floats of row `slots[b]` are finite. `width` is a
    /// multiple of 16.
    @unsafe package func areFinite(
        _ rows: RowView, slots: Span<Int32>, width: Int, into results: inout [Bool]
    ) {
        precondition(slots.count <= results.count && width.isMultiple(of: Kernels.lanes))
        unsafe rows.check(slots, width: width)
        unsafe slots.withUnsafeBufferPointer { slots in
            unsafe table.pointee.finite(rows.cRows(slots), slots.count, width, &results)
        }
    }
}
