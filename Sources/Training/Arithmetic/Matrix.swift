internal import Glibc
internal import Kernels

/// Numbers in rows, `[rows, columns]`, all zero at first. `columns` is a multiple of 16, which is what
/// the kernels work on; what a row has beyond its contents stays zero.
///
/// `@unchecked Sendable`: threads that share one write to different rows or columns between two
/// barriers of their `ThreadPool`.
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

    /// A row, or the `count` rows from it on as one.
    @inline(__always)
    package func row(_ index: Int, count: Int = 1) -> Row<Scalar> {
        assert(index >= 0 && index + count <= rows)
        return unsafe Row(base: base + index * columns, count: count * columns)
    }

    /// All rows as one.
    package var all: Row<Scalar> { row(0, count: rows) }
}
