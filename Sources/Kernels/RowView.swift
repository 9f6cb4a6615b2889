internal import CKernels

/// Rows of floats in one allocation, `stride` floats apart: row i begins at `base + i * stride`.
///
/// Valid only inside the closure that lends the allocation.
@unsafe package struct RowView {
    let base: UnsafeMutablePointer<Float>
    let stride: Int
    let rowCount: Int

    /// `base` points to the wanted part (say, h of one layer) of row 0.
    package init(base: UnsafeMutablePointer<Float>, stride: Int, rowCount: Int) {
        unsafe self.base = base
        unsafe self.stride = stride
        unsafe self.rowCount = rowCount
    }

    /// The rows from number `first` on.
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

    /// Traps on an index outside the rows, or rows too narrow to hold `width` floats.
    func check(_ indices: Span<Int32>, width: Int) {
        precondition(unsafe width <= stride, "rows are narrower than \(width) floats")
        for i in indices.indices {
            precondition(unsafe 0 <= indices[i] && Int(indices[i]) < rowCount, "no such row")
        }
    }
}
