/// Memory of one worker for packed rows and panels; it grows to what is asked of it.
///
/// `@unchecked Sendable`: worker i of a `ThreadPool` alone uses number i.
package final class ScratchBuffers<Scalar: TrainingScalar>: @unchecked Sendable {
    private var buffers: [Matrix<Scalar>] = []

    package init() {}

    /// Buffer number `index`, of at least `count` numbers, with whatever was left in it.
    func buffer(_ index: Int, count: Int) -> Row<Scalar> {
        while buffers.count <= index { buffers.append(Matrix(rows: 1, columns: 16)) }
        if buffers[index].columns < count {
            buffers[index] = Matrix(rows: 1, columns: (count + 15) / 16 * 16)
        }
        return buffers[index].row(0)
    }
}
