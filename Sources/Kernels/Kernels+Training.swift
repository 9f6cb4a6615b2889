internal import CKernels

/// What a trainer needs of the kernels, on memory of its own. Sizes called "padded" are multiples
/// of 16; strides are in floats.
extension Kernels {
    /// Most rows, or columns of a transpose, to pack at once: so that they stay in the second-level
    /// cache while the panels pass by.
    package static let packedRows = 32 * Int(SLUICE_BLOCK_ROWS)

    /// The rows of `x [rows, k]`, k padded, packed for `product`.
    @unsafe package func pack(
        _ x: UnsafeMutablePointer<Float>, stride: Int, rows: Int, k: Int,
        into packed: UnsafeMutablePointer<Float>
    ) {
        unsafe table.pointee.pack(
            sluice_rows(base: x, stride: stride, indices: nil), rows, k, packed)
    }

    /// The columns of `x [k, columns]` as rows, packed for `product`, which then sums over `filled`
    /// values of k: a multiple of 4, made up with zeros.
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

    /// Rows of `x [rows, k]`, at most 16 and their floats together, as the columns of one panel.
    @unsafe package func packPanel(
        rows x: UnsafePointer<Float>, rows: Int, k: Int, into panel: UnsafeMutablePointer<Float>
    ) {
        unsafe sluice_write_panel(x, rows, k, panel)
    }

    /// `y [rows, panelCount * 16]` = packed rows times panels, or y + the same where it continues.
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

    /// Natural logarithm of one number.
    package func log(_ value: Float) -> Float {
        var result: Float = 0
        unsafe withUnsafePointer(to: value) { unsafe table.pointee.log($0, &result, 1) }
        return result
    }
}
