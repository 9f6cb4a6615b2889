internal import CKernels

/// Kernels for training, on the trainer's memory. Padded sizes are multiples of 16. Strides are in
/// floats.
///
/// Unsafe: the caller checks that the pointers have as much memory as the shapes say.
extension Kernels {
    /// The maximum number of rows, or columns of a transpose, to pack at a time, so that they stay
    /// in the second-level cache during a product.
    package static let packedRows = 32 * Int(SLUICE_BLOCK_ROWS)

    /// The rows of `x [rows, k]`, k padded, packed for `product`.
    @unsafe package func pack(
        _ x: UnsafeMutablePointer<Float>, stride: Int, rows: Int, k: Int,
        into packed: UnsafeMutablePointer<Float>
    ) {
        unsafe table.pointee.pack(
            sluice_rows(base: x, stride: stride, indices: nil), rows, k, packed)
    }

    /// The columns of `x [k, columns]` as rows, packed for `product`. k is padded with zeros to
    /// `filled`, a multiple of 4.
    @unsafe package func packColumns(
        _ x: UnsafePointer<Float>, stride: Int, k: Int, columns: Int, filled: Int,
        into packed: UnsafeMutablePointer<Float>
    ) {
        unsafe table.pointee.pack_columns(x, stride, k, columns, filled, packed)
    }

    /// Rows of `x [k, columns]`, columns padded, as panels `[columns/16][filled][16]`.
    @unsafe package func packPanels(
        _ x: UnsafePointer<Float>, stride: Int, k: Int, columns: Int, filled: Int,
        into panels: UnsafeMutablePointer<Float>
    ) {
        unsafe table.pointee.pack_panels(x, stride, k, columns / Kernels.lanes, filled, panels)
    }

    /// At most 16 adjacent rows of `x [rows, k]` as the columns of one panel.
    @unsafe package func packPanel(
        rows x: UnsafePointer<Float>, rows: Int, k: Int, into panel: UnsafeMutablePointer<Float>
    ) {
        unsafe sluice_write_panel(x, rows, k, panel)
    }

    /// `y [rows, panelCount * 16]` = packed rows times panels; with `continuing` y + the same.
    @unsafe package func product(
        _ packed: UnsafePointer<Float>, rows: Int, k: Int, panels: UnsafePointer<Float>,
        panelCount: Int, continuing: Bool, into y: UnsafeMutablePointer<Float>, stride: Int
    ) {
        unsafe table.pointee.product(packed, rows, k, panels, panelCount, continuing, y, stride)
    }

    @unsafe package func exp(_ values: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.pointee.exp(values, values, count)
    }

    @unsafe package func sigmoid(_ values: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.pointee.sigmoid(values, values, count)
    }

    @unsafe package func tanh(_ values: UnsafeMutablePointer<Float>, count: Int) {
        unsafe table.pointee.tanh(values, values, count)
    }

    /// Natural logarithm of one number: NaN below 0, minus infinity at 0.
    package func log(_ value: Float) -> Float {
        var result: Float = 0
        unsafe withUnsafePointer(to: value) { unsafe table.pointee.log($0, &result, 1) }
        return result
    }
}
