import Testing

@testable import Training

/// Tests run with the bounds checks of the innermost loops.
@Suite struct RowTests {
    @Test func anIndexBeyondARowTraps() async {
        await #expect(processExitsWith: .failure) {
            let matrix = Matrix<Float>(rows: 2, columns: 16)
            // It is inside the matrix's memory, so nothing else notices it.
            matrix.row(0)[16] = 1
        }
    }
}
