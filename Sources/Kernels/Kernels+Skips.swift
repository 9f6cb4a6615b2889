internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// Skip connections. Written rows are 0, 1, … of their view, one for each of `slots`.
extension Kernels {
    /// y = h + x, in place of x. Rows have `width` floats, a multiple of 16. h is row `slots[b]` of
    /// `hidden`.
    @unsafe package func residual(
        hidden: RowView, slots: Span<Int32>, width: Int, into x: RowView
    ) {
        unsafe check(hidden, slots, width: width, x)
        unsafe slots.withUnsafeBufferPointer { slots in
            unsafe table.pointee.residual(hidden.cRows(slots), x.cRows, slots.count, width)
        }
    }

    /// y = t * h + (1 - t) * x with t = sigmoid(W x + b), in place of x; see `residual`.
    @unsafe package func highway(
        _ weights: HighwayWeights, hidden: RowView, slots: Span<Int32>, into x: RowView,
        workspace: inout Workspace
    ) {
        let width = weights.weight.k
        precondition(slots.count <= workspace.maxBatch && width <= workspace.maxWidth)
        unsafe check(hidden, slots, width: width, x)
        unsafe slots.withUnsafeBufferPointer { slots in
            unsafe workspace.packedInput.withUnsafeMutablePointer { packed in
                unsafe workspace.scratch.withUnsafeMutablePointer { gate in
                    unsafe table.pointee.pack(x.cRows, slots.count, width, packed)
                    unsafe weights.weight.panels.withUnsafePointer { panels in
                        unsafe table.pointee.product(
                            packed, slots.count, width, panels, width / Kernels.lanes, false, gate,
                            width)
                    }
                    unsafe weights.bias.withUnsafePointer { bias in
                        unsafe table.pointee.highway(
                            gate, bias, hidden.cRows(slots), x.cRows, slots.count, width)
                    }
                }
            }
        }
    }

    private func check(_ hidden: RowView, _ slots: Span<Int32>, width: Int, _ x: RowView) {
        precondition(width.isMultiple(of: Kernels.lanes))
        unsafe precondition(slots.count <= x.rowCount && width <= x.stride)
        unsafe hidden.check(slots, width: width)
    }
}

extension RowView {
    fileprivate var cRows: sluice_rows {
        unsafe sluice_rows(base: base, stride: stride, indices: nil)
    }

    /// Copies the first `count` floats of rows `indices` of `source` to rows 0, 1, …, at float
    /// `offset`, and pads with zeros to the next multiple of 16.
    package func write(_ source: RowView, indices: Span<Int32>, count: Int, at offset: Int = 0) {
        for row in indices.indices {
            unsafe write(
                source, row: Int(indices[row]), columns: 0..<count, to: row, at: offset)
        }
    }

    /// The same for some columns of one row.
    package func write(
        _ source: RowView, row: Int, columns: Range<Int>, to target: Int, at offset: Int = 0
    ) {
        let (count, end) = (columns.count, Kernels.paddedSize(offset + columns.count))
        precondition(unsafe 0 <= row && row < source.rowCount, "no such row to copy")
        precondition(unsafe 0 <= columns.lowerBound && columns.upperBound <= source.stride)
        precondition(unsafe 0 <= target && target < rowCount, "no such row to write")
        precondition(unsafe 0 <= offset && end <= stride)
        let start = unsafe base + target * stride + offset
        unsafe start.update(
            from: source.base + row * source.stride + columns.lowerBound, count: count)
        unsafe (start + count).update(repeating: 0, count: end - offset - count)
    }
}
