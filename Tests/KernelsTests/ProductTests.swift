import Randomness
import Testing

@testable import Kernels

/// The matrix product is one fma chain per element, on every tier and for every batch.
struct ProductTests {
    private let k = 48
    private let columns = 80
    private let rows = 256
    private let x: [Float]
    private let w: [Float]  // [columns, k]

    init() {
        var random = SeededRandom(seed: 1)
        x = random.floats(rows * k)
        w = random.floats(columns * k)
    }

    /// y[row, n] by its definition, in plain Swift.
    private func chain(_ row: Int, _ n: Int, from start: Float = 0) -> Float {
        var sum = start
        for i in 0..<k { sum.addProduct(x[row * k + i], w[n * k + i]) }
        return sum
    }

    private func product(
        _ kernels: Kernels, _ slots: [Int32], weights: PackedMatrix, first: Int = 0,
        continuing start: [Float]? = nil
    ) -> [Float] {
        var inputs = slots.flatMap { x[Int($0) * k + first..<(Int($0) + 1) * k] }
        var packed = [Float](repeating: 0, count: slots.count * weights.k)
        var y = start ?? [Float](repeating: .nan, count: slots.count * weights.columns)
        unsafe kernels.pack(
            &inputs, stride: k - first, rows: slots.count, k: weights.k, into: &packed)
        unsafe weights.panels.withUnsafePointer { panels in
            unsafe kernels.product(
                packed, rows: slots.count, k: weights.k, panels: panels,
                panelCount: weights.columns / Kernels.lanes, continuing: start != nil, into: &y,
                stride: weights.columns)
        }
        return y
    }

    @Test func everyBatchOnEveryTierIsTheChain() throws {
        let weights = try PackedMatrix(rowMajor: w.span, rows: columns, k: k)
        let expected = (0..<rows).map { row in (0..<columns).map { chain(row, $0) } }
        for kernels in try allKernels() {
            for batch in Array(1...70) + [rows] {
                let slots = slots(batch, below: rows, seed: batch)
                let y = product(kernels, slots, weights: weights)
                let wanted = slots.flatMap { expected[Int($0)] }
                #expect(y.bits == wanted.bits, "\(kernels.tier), batch \(batch)")
            }
        }
    }

    @Test(arguments: [16, 32]) func aSplitOfKIsTheSameChain(at split: Int) throws {
        let parts = [0..<split, split..<k]
        let weights = try parts.map { part in
            let rows = (0..<columns).flatMap { n in part.map { w[n * k + $0] } }
            return try PackedMatrix(rowMajor: rows.span, rows: columns, k: part.count)
        }
        for kernels in try allKernels() {
            for batch in [1, 2, 3, 7, 16, 70] {
                let slots = slots(batch, below: rows, seed: batch)
                let first = product(kernels, slots, weights: weights[0])
                let y = product(
                    kernels, slots, weights: weights[1], first: split, continuing: first)
                let wanted = slots.flatMap { row in (0..<columns).map { chain(Int(row), $0) } }
                #expect(y.bits == wanted.bits, "\(kernels.tier), batch \(batch)")
            }
        }
    }

    @Test func paddingIsZero() throws {
        let weights = try PackedMatrix(rowMajor: w.span, rows: 96, k: 40)
        #expect(weights.columns == 96 && weights.k == 48)
        let narrow = try PackedMatrix(rowMajor: Array(w.prefix(21 * 40)).span, rows: 21, k: 40)
        let y = product(try Kernels(), [3, 5, 200], weights: narrow)
        #expect(narrow.columns == 32)
        for row in 0..<3 { #expect(y[row * 32 + 21..<(row + 1) * 32].allSatisfy { $0 == 0 }) }
    }

    @Test func aWrongCountIsRefused() {
        #expect(
            throws: KernelError.wrongCount(
                operand: "weight [3, 5]", found: w.count, expected: 15)
        ) { try PackedMatrix(rowMajor: w.span, rows: 3, k: 5) }
    }
}
