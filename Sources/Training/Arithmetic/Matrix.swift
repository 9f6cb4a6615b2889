internal import Glibc
internal import Kernels

/// Numbers in rows, `[rows, columns]`, all zero at first. `columns` is a multiple of 16, as the
/// kernels require. The rest of a row beyond its contents stays zero.
///
/// `@unchecked Sendable`: between two calls of `ThreadPool.parallelFor`, threads that share a
/// matrix write to different rows or columns.
@safe package final class Matrix<Scalar: TrainingScalar>: @unchecked Sendable {
    package let rows: Int
    package let columns: Int
    private let base: UnsafeMutablePointer<Scalar>

    package init(rows: Int, columns: Int) {
        precondition(columns.isMultiple(of: Kernels.lanes), "rows are not whole vectors")
        self.rows = rows
        self.columns = columns
        let count = max(rows * columns, 1)
        let bytes = (count * MemoryLayout<Scalar>.stride + 63) / 64 * 64
        guard let memory = unsafe aligned_alloc(64, bytes) else {
            preconditionFailure("out of memory: \(bytes) bytes for training")
        }
        unsafe memset(memory, 0, bytes)
        unsafe base = memory.bindMemory(to: Scalar.self, capacity: count)
    }

    deinit { unsafe free(base) }

    /// One row, or `count` adjacent rows as one.
    @inline(__always)
    package func row(_ index: Int, count: Int = 1) -> Row<Scalar> {
        precondition(index >= 0 && count >= 0 && index + count <= rows, "no such row")
        // unsafe: the rows are inside the allocation, by the precondition.
        return unsafe Row(base: base + index * columns, count: count * columns)
    }

    /// All rows as one.
    package var all: Row<Scalar> { row(0, count: rows) }

    /// The rows of these numbers as one, of which a kernel reads or writes `columns`.
    @inline(__always)
    func rows(_ range: Range<Int>, columns: Range<Int>) -> Row<Scalar> {
        precondition(
            columns.lowerBound >= 0 && columns.upperBound <= self.columns, "no such column")
        return row(range.lowerBound, count: range.count)
    }
}
