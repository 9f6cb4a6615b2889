import Kernels
import Randomness
import Testing

struct FiniteTests {
    @Test func findsEveryRowThatIsNotFinite() throws {
        let width = 48
        var values = SeededRandom.finite(rows: 12, width: width)
        values[2 * width + 47] = .nan
        values[5 * width] = .infinity
        values[11 * width + 20] = -.infinity
        values[7 * width + 3] = .greatestFiniteMagnitude
        values[7 * width + 4] = .leastNonzeroMagnitude
        let rows = Rows(values, stride: width)
        let slots = (0..<Int32(12)).map { 11 - $0 }
        for kernels in try allKernels() {
            var finite = [Bool](repeating: false, count: 12)
            unsafe rows.view {
                unsafe kernels.areFinite($0, slots: slots.span, width: width, into: &finite)
            }
            #expect(finite == slots.map { ![2, 5, 11].contains($0) })
        }
    }
}

extension SeededRandom {
    fileprivate static func finite(rows: Int, width: Int) -> [Float] {
        var random = SeededRandom(seed: 4)
        return random.floats(rows * width)
    }
}
