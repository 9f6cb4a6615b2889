import Kernels
import Randomness
import Testing

/// Skip connections.
struct SkipTests {
    private static let width = 21  // padded to 32
    private static let rows = 70

    /// Rows of x after the operation, batch by batch.
    private func mixed(
        batch: Int, seed: Int, _ body: (_ h: RowView, _ slots: [Int32], _ x: RowView) -> Void
    ) -> [Float] {
        var random = SeededRandom(seed: 3)
        let h = Rows(random.floats(Self.rows * Self.width), width: Self.width, stride: 48)
        let x = random.floats(Self.rows * Self.width)
        let order = slots(Self.rows, below: Self.rows, seed: seed)
        var results = [Float](repeating: 0, count: Self.rows * 32)
        for first in stride(from: 0, to: order.count, by: batch) {
            let slots = Array(order[first...].prefix(batch))
            let part = slots.flatMap { x[Int($0) * Self.width..<(Int($0) + 1) * Self.width] }
            let target = Rows(part, width: Self.width, stride: 32)
            unsafe h.view { h in unsafe target.view { unsafe body(h, slots, $0) } }
            for (row, slot) in slots.enumerated() {
                results.replaceSubrange(Int(slot) * 32..<(Int(slot) + 1) * 32, with: target[row])
            }
        }
        return results
    }

    @Test func residualIsTheSum() throws {
        var random = SeededRandom(seed: 3)
        let h = random.floats(Self.rows * Self.width)
        let x = random.floats(Self.rows * Self.width)
        for kernels in try allKernels() {
            let found = unsafe mixed(batch: 9, seed: 1) { h, slots, x in
                unsafe kernels.residual(hidden: h, slots: slots.span, width: 32, into: x)
            }
            for row in 0..<Self.rows {
                let at = row * Self.width..<(row + 1) * Self.width
                let sums = zip(h[at], x[at]).map { $0 + $1 }
                #expect(
                    found[row * 32..<(row + 1) * 32] == (sums + Array(repeating: 0, count: 11))[...]
                )
            }
        }
    }

    /// t = sigmoid(W x + b), its sums one chain each; y = fma(t, h - x, x).
    @Test func highwayFollowsItsEquationInEveryBatchOnEveryTier() throws {
        var random = SeededRandom(seed: 3)
        let (h, x) = (
            random.floats(Self.rows * Self.width), random.floats(Self.rows * Self.width)
        )
        let weight = random.floats(Self.width * Self.width)
        let bias = random.floats(Self.width)
        let gate = try HighwayWeights(weight: weight.span, bias: bias.span, width: Self.width)
        for kernels in try allKernels() {
            var expected: [Float] = []
            for row in 0..<Self.rows {
                let below = x[row * Self.width..<(row + 1) * Self.width]
                var t = (0..<Self.width).map { unit in
                    zip(below, weight[(unit * Self.width)...]).reduce(Float(0)) {
                        $0.addingProduct($1.0, $1.1)
                    } + bias[unit]
                }
                kernels.sigmoid(&t)
                for (unit, below) in below.enumerated() {
                    expected.append(
                        below.addingProduct(t[unit], h[row * Self.width + unit] - below))
                }
                expected += Array(repeating: 0, count: 11)
            }
            for batch in [1, 2, 3, 6, 7, 70] {
                var workspace = Workspace(maxBatch: batch, widths: [Self.width])
                let found = unsafe mixed(batch: batch, seed: batch) { h, slots, x in
                    unsafe kernels.highway(
                        gate, hidden: h, slots: slots.span, into: x, workspace: &workspace)
                }
                #expect(found.bits == expected.bits, "\(kernels.tier), batch \(batch)")
            }
        }
    }

    /// The padding after a written part is zero, up to where a kernel reads.
    @Test func partsStandSideBySide() {
        var random = SeededRandom(seed: 9)
        let (first, second) = (random.floats(4 * 10), random.floats(4 * 7))
        let target = Rows(Array(repeating: .nan, count: 2 * 48), stride: 48)
        let (a, b) = (Rows(first, width: 10, stride: 16), Rows(second, width: 7, stride: 16))
        unsafe target.view { target in
            unsafe a.view { unsafe target.write($0, indices: ([3, 0] as [Int32]).span, count: 10) }
            unsafe b.view {
                unsafe target.write($0, indices: ([1, 2] as [Int32]).span, count: 7, at: 10)
            }
        }
        for (row, (i, j)) in [(3, 1), (0, 2)].enumerated() {
            let wanted = first[i * 10..<(i + 1) * 10] + second[j * 7..<(j + 1) * 7]
            #expect(target[row].prefix(32) == wanted + Array(repeating: 0, count: 15))
        }
    }
}
