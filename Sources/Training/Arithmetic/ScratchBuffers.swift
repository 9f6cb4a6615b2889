/// Memory of one worker for packed rows and panels. It grows as needed.
///
/// `@unchecked Sendable`: only worker i of a `ThreadPool` uses number i.
package final class ScratchBuffers<Scalar: TrainingScalar>: @unchecked Sendable {
    private var buffers: [Matrix<Scalar>] = []

    /// Buffer number `index`, of at least `count` numbers. Its contents are undefined. The row is
    /// valid until a larger buffer of this number is requested.
    func buffer(_ index: Int, count: Int) -> Row<Scalar> {
        while buffers.count <= index { buffers.append(Matrix(rows: 1, columns: 16)) }
        if buffers[index].columns < count {
            buffers[index] = Matrix(rows: 1, columns: (count + 15) / 16 * 16)
        }
        return buffers[index].row(0)
    }
}
