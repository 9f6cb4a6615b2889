/// The owner of rows of floats, zero at first. Each row is padded to whole vectors.
package struct RowBuffer: ~Copyable {
    private let rows: Int
    private let stride: Int
    private var values: AlignedBuffer

    package init(rows: Int, columns: Int) {
        self.rows = rows
        stride = Kernels.paddedSize(columns)
        values = AlignedBuffer(count: rows * stride)
    }

    package var isEmpty: Bool { rows == 0 }

    /// Unsafe: valid while the buffer exists, so only scoped methods of the buffer's owner may hand
    /// it to a closure.
    @unsafe package var view: RowView {
        mutating get { unsafe RowView(base: values.pointer, stride: stride, rowCount: rows) }
    }
}
