internal import Kernels

/// The kernels of this processor's fastest instruction set. All instruction sets give the same
/// bits.
private let kernels: Kernels = {
    guard let kernels = try? Kernels(tier: KernelTier.best) else {
        preconditionFailure("the best tier of this processor does not run on it")
    }
    return kernels
}()

extension Float: TrainingScalar {
    package typealias Weights = FloatWeights

    @inline(__always)
    package static func sigmoid(_ values: Row<Float>) {
        // unsafe, here and in the next two: in place, on exactly the row's numbers.
        unsafe kernels.sigmoid(values.base, count: values.count)
    }

    @inline(__always)
    package static func tanh(_ values: Row<Float>) {
        unsafe kernels.tanh(values.base, count: values.count)
    }

    @inline(__always)
    package static func exp(_ values: Row<Float>) {
        unsafe kernels.exp(values.base, count: values.count)
    }

    package static func log(_ value: Float) -> Float { kernels.log(value) }

    /// Rows of d and x that are packed at a time, so that the panels of x and a part of d stay in
    /// the second-level cache.
    private static let summedRows = 512

    package static func addOuterProducts(
        of d: Matrix<Float>, _ x: Matrix<Float>, rows: Range<Int>, columns: Range<Int>,
        first: Int, to gradient: Matrix<Float>, scratch: ScratchBuffers<Float>
    ) {
        guard !columns.isEmpty else { return }
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: summedRows) {
            let some = start..<min(start + summedRows, rows.upperBound)
            let filled = (some.count + 3) / 4 * 4
            let panels = scratch.buffer(0, count: filled * x.columns)
            // unsafe: `rows` checks what is read; `panels` has filled * columns numbers.
            unsafe kernels.packPanels(
                x.rows(some, columns: 0..<x.columns).base, stride: x.columns, k: some.count,
                columns: x.columns,
                filled: filled, into: panels.base)
            for column in stride(
                from: columns.lowerBound, to: columns.upperBound, by: Kernels.packedRows
            ) {
                let part = column..<min(column + Kernels.packedRows, columns.upperBound)
                let packed = scratch.buffer(1, count: filled * Kernels.packedRows)
                let dRows = some.lowerBound - first..<some.upperBound - first
                // unsafe: `rows` checks what is read and written; `packed` has room for a whole
                // block.
                unsafe kernels.packColumns(
                    d.rows(dRows, columns: part).base + part.lowerBound, stride: d.columns,
                    k: some.count, columns: part.count, filled: filled, into: packed.base)
                unsafe kernels.product(
                    packed.base, rows: part.count, k: filled, panels: panels.base,
                    panelCount: x.columns / Kernels.lanes, continuing: true,
                    into: gradient.rows(part, columns: 0..<x.columns).base, stride: gradient.columns
                )
            }
        }
    }
}

/// Weights as panels of 16 columns, of Wᵀ and of W.
package final class FloatWeights: PackedWeights {
    private let rows: Int
    private let columns: Int
    /// `[N/16][K][16]`
    private let transposed: Matrix<Float>
    /// `[K/16][N][16]`
    private let straight: Matrix<Float>

    package init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        transposed = Matrix(rows: rows / Kernels.lanes, columns: columns * Kernels.lanes)
        straight = Matrix(rows: columns / Kernels.lanes, columns: rows * Kernels.lanes)
    }

    package func pack(_ weight: Matrix<Float>, from first: Int, rows: Range<Int>) {
        precondition(weight.columns == columns, "a weight of another width")
        for row in stride(from: rows.lowerBound, to: rows.upperBound, by: Kernels.lanes) {
            // unsafe: `row` checks the rows that are read and the panel that is written.
            unsafe kernels.packPanel(
                rows: weight.row(first + row, count: Kernels.lanes).base, rows: Kernels.lanes,
                k: columns,
                into: transposed.row(row / Kernels.lanes).base)
        }
    }

    package func packTransposed(_ weight: Matrix<Float>, from first: Int, columns: Range<Int>) {
        let column = columns.lowerBound
        let panels = straight.row(column / Kernels.lanes, count: columns.count / Kernels.lanes)
        // unsafe: `rows` checks what is read, `row` the panels that are written.
        unsafe kernels.packPanels(
            weight.rows(first..<first + rows, columns: columns).base + column,
            stride: weight.columns, k: rows,
            columns: columns.count, filled: rows, into: panels.base)
    }

    package func multiplyTransposed(
        _ x: Matrix<Float>, rows: Range<Int>, outputs: Range<Int>, continuing: Bool,
        into y: RowBlock<Float>, scratch: ScratchBuffers<Float>
    ) {
        product(
            x, rows: rows, column: 0, k: columns,
            panels: transposed.row(
                outputs.lowerBound / Kernels.lanes, count: outputs.count / Kernels.lanes),
            count: outputs.count / Kernels.lanes, continuing: continuing, into: y, scratch: scratch)
    }

    package func multiply(
        _ d: Matrix<Float>, rows: Range<Int>, column: Int, continuing: Bool,
        into y: RowBlock<Float>, scratch: ScratchBuffers<Float>
    ) {
        product(
            d, rows: rows, column: column, k: self.rows, panels: straight.all,
            count: columns / Kernels.lanes,
            continuing: continuing, into: y, scratch: scratch)
    }

    private func product(
        _ x: Matrix<Float>, rows: Range<Int>, column: Int, k: Int, panels: Row<Float>, count: Int,
        continuing: Bool, into y: RowBlock<Float>, scratch: ScratchBuffers<Float>
    ) {
        precondition(panels.count == count * k * Kernels.lanes, "panels of another shape")
        let packed = scratch.buffer(1, count: k * Kernels.packedRows)
        let outputs = y.column..<y.column + count * Kernels.lanes
        for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Kernels.packedRows) {
            let some = min(Kernels.packedRows, rows.upperBound - first)
            let input = x.rows(first..<first + some, columns: column..<column + k)
            // unsafe: `rows` checks what is read and written; `packed` has room for `packedRows`
            // rows.
            unsafe kernels.pack(
                input.base + column, stride: x.columns, rows: some, k: k, into: packed.base)
            let start = y.first + first - rows.lowerBound
            let target = y.matrix.rows(start..<start + some, columns: outputs)
            unsafe kernels.product(
                packed.base, rows: some, k: k, panels: panels.base, panelCount: count,
                continuing: continuing, into: target.base + y.column,
                stride: y.matrix.columns)
        }
    }
}
