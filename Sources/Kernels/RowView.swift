internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// Rows of floats in one allocation: row i begins at `base + i * stride`.
///
/// Unsafe: a view is valid only inside the closure that lends the allocation. No view is stored.
/// This is why each `unsafe` that passes a view on holds.
@unsafe package struct RowView {
    let base: UnsafeMutablePointer<Float>
    let stride: Int
    let rowCount: Int

    /// - Parameter base: points to the part of row 0 that the view shows, such as h of one layer.
    package init(base: UnsafeMutablePointer<Float>, stride: Int, rowCount: Int) {
        unsafe self.base = base
        unsafe self.stride = stride
        unsafe self.rowCount = rowCount
    }

    /// The rows from number `first`.
    package func dropping(first: Int) -> RowView {
        precondition(unsafe 0 <= first && first <= rowCount, "no such row")
        return unsafe RowView(
            base: base + first * stride, stride: stride, rowCount: rowCount - first)
    }
}

extension RowView {
    func cRows(_ indices: UnsafeBufferPointer<Int32>) -> sluice_rows {
        unsafe sluice_rows(base: base, stride: stride, indices: indices.baseAddress)
    }

    /// Traps if an index is outside the rows or the rows are narrower than `width` floats.
    func check(_ indices: Span<Int32>, width: Int) {
        precondition(unsafe width <= stride, "rows are narrower than \(width) floats")
        for i in indices.indices {
            precondition(unsafe 0 <= indices[i] && Int(indices[i]) < rowCount, "no such row")
        }
    }
}
