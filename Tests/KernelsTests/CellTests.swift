import Foundation
import Kernels
import Testing

/// Recurrent layers, compared with the equations in double precision, and with other batches and
/// tiers.
struct CellTests {
    static let inputSize = 21
    static let hiddenSize = 70  // padded to 80: four panels at once, and one
    private static let rows = 70

    @Test(arguments: RecurrentCell.allCases) func agreesWithTheEquations(_ cell: RecurrentCell)
        throws
    {
        let layer = try RandomLayer(
            cell: cell, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize)
        let batch = try Batch(layer, rows: Self.rows, seed: 3)
        let slots = slots(4, below: Self.rows, seed: 1)
        let before = batch.states.values
        try batch.advance(Kernels(), slots)
        for slot in slots.map(Int.init) {
            let expected = layer.reference(
                x: batch.x(slot), h: batch.h(slot, in: before), c: batch.c(slot, in: before))
            let after = batch.states.values
            for unit in 0..<Self.hiddenSize {
                #expect(abs(Double(batch.h(slot, in: after)[unit]) - expected.h[unit]) < 2e-6)
                guard layer.cell.hasCellState else { continue }
                #expect(abs(Double(batch.c(slot, in: after)[unit]) - expected.c[unit]) < 2e-6)
            }
        }
    }

    @Test(arguments: RecurrentCell.allCases) func everyBatchOnEveryTierGivesTheSameBits(
        _ cell: RecurrentCell
    ) throws {
        let layer = try RandomLayer(
            cell: cell, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize)
        let alone = try Batch(layer, rows: Self.rows, seed: 5)
        let portable = try Kernels(tier: .portable)
        for slot in 0..<Int32(Self.rows) { alone.advance(portable, [slot]) }
        for kernels in try allKernels() {
            let sizes = kernels.tier == .portable ? [2, 70] : [1, 2, 3, 4, 5, 6, 7, 16, 17, 70]
            for size in sizes {
                let batch = try Batch(layer, rows: Self.rows, seed: 5)
                let order = slots(Self.rows, below: Self.rows, seed: size)
                for first in stride(from: 0, to: order.count, by: size) {
                    batch.advance(kernels, Array(order[first...].prefix(size)))
                }
                #expect(batch.states.values.bits == alone.states.values.bits)
            }
        }
    }

    @Test(arguments: RecurrentCell.allCases) func tableOfInputProductsGivesTheSameBits(
        _ cell: RecurrentCell
    ) throws {
        let layer = try RandomLayer(
            cell: cell, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize)
        let (plain, looked) = try (Batch(layer, rows: 70, seed: 8), Batch(layer, rows: 70, seed: 8))
        for kernels in try allKernels() {
            let table = kernels.inputProducts(layer.weights, of: plain.embedding)
            for size in [1, 2, 5, 17] {
                let slots = slots(size, below: 70, seed: size)
                plain.advance(kernels, slots)
                looked.advance(kernels, slots, products: table)
                #expect(plain.states.values.bits == looked.states.values.bits)
            }
        }
    }

    @Test(arguments: RecurrentCell.allCases) func onlyTheNamedStatesChangeAndPaddingStaysZero(
        _ cell: RecurrentCell
    ) throws {
        let layer = try RandomLayer(
            cell: cell, inputSize: Self.inputSize, hiddenSize: Self.hiddenSize)
        let batch = try Batch(layer, rows: 8, seed: 9)
        let before = batch.states.values
        try batch.advance(Kernels(), [6, 1, 3])
        let after = batch.states.values
        let stride = batch.states.stride
        for slot in 0..<8 {
            let old = before[slot * stride..<(slot + 1) * stride]
            let new = after[slot * stride..<(slot + 1) * stride]
            #expect((Array(old).bits == Array(new).bits) == ![6, 1, 3].contains(slot))
            let padding = new.dropFirst(Self.hiddenSize).prefix(stride / 2 - Self.hiddenSize)
            #expect(padding.count == 10 && padding.allSatisfy { $0 == 0 })
        }
    }

    @Test func aWrongShapeIsRefused() {
        let values = [Float](repeating: 0, count: 12)
        #expect(
            throws: KernelError.wrongCount(
                operand: "weight_hh [8, 2]", found: 12, expected: 16)
        ) {
            try RecurrentWeights(
                cell: .lstm, inputSize: 1, hiddenSize: 2,
                inputWeight: Array(values.prefix(8)).span, hiddenWeight: values.span,
                inputBias: values.span, hiddenBias: values.span)
        }
    }
}
