internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// Immutable weights in panels of 16 output columns, `[columns/16][k][16]`, the layout of the
/// kernels.
package final class PackedMatrix: Sendable {
    /// The inner dimension, padded.
    package let k: Int
    /// The number of outputs, padded. Row n of the source is column n.
    package let columns: Int
    let panels: AlignedBuffer

    /// From PyTorch's row-major `[rows, k]`: row n becomes column n. Padding is zero.
    package init(rowMajor: Span<Float>, rows: Int, k: Int) throws(KernelError) {
        try checkCount(rowMajor, rows * k, "weight [\(rows), \(k)]")
        self.k = Kernels.paddedSize(k)
        columns = Kernels.paddedSize(rows)
        var panels = AlignedBuffer(count: columns * self.k)
        let length = self.k * Kernels.lanes
        unsafe panels.withUnsafeMutablePointer { target in
            for (panel, first) in stride(from: 0, to: rows, by: Kernels.lanes).enumerated() {
                let unit = first..<min(first + Kernels.lanes, rows)
                unsafe rowMajor.writePanel(of: unit, k: k, to: target + panel * length)
            }
        }
        self.panels = panels
    }
}

extension Span<Float> {
    /// Writes rows of this `[_, k]` as the columns of one panel `[k][16]`. Padding is not written.
    func writePanel(of rows: Range<Int>, k: Int, to panel: UnsafeMutablePointer<Float>) {
        precondition(rows.upperBound * k <= count && rows.count <= Kernels.lanes)
        unsafe withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return }
            unsafe sluice_write_panel(base + rows.lowerBound * k, rows.count, k, panel)
        }
    }
}
