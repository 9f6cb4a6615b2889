import Kernels
import Randomness

/// States `[rows, h and c]` and an input for each, advanced by a layer.
final class Batch {
    let layer: RandomLayer
    let states: Rows
    let embedding: RowMatrix
    private let inputs: [Float]
    private let width: Int

    init(_ layer: RandomLayer, rows: Int, seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let inputs = random.floats(rows * layer.inputSize)
        let values = random.floats(2 * rows * layer.hiddenSize)
        embedding = try RowMatrix(rowMajor: inputs.span, rows: rows, columns: layer.inputSize)
        self.layer = layer
        self.inputs = inputs
        width = Kernels.paddedSize(layer.hiddenSize)
        let padded = Rows(values, width: layer.hiddenSize, stride: width).values
        states = Rows(padded, stride: 2 * width)
    }

    func x(_ slot: Int) -> [Float] {
        Array(inputs[slot * layer.inputSize..<(slot + 1) * layer.inputSize])
    }

    func h(_ slot: Int, in values: [Float]) -> [Float] {
        Array(values[slot * 2 * width..<(slot * 2 + 1) * width])
    }

    func c(_ slot: Int, in values: [Float]) -> [Float] {
        Array(values[(slot * 2 + 1) * width..<(slot * 2 + 2) * width])
    }

    /// One step of the slots, each with the input of the same number.
    func advance(_ kernels: Kernels, _ slots: [Int32], products: RowMatrix? = nil) {
        var workspace = Workspace(
            maxBatch: slots.count, widths: [layer.inputSize, layer.hiddenSize])
        let source = products ?? embedding
        unsafe source.withRows { rows in
            let input: LayerInput = unsafe products == nil ? .values(rows) : .products(rows)
            unsafe states.view { h in
                unsafe states.view(from: width) { c in
                    unsafe kernels.advance(
                        layer.weights, input: input, inputIndices: slots.span, hidden: h,
                        cellState: c, slots: slots.span, workspace: &workspace)
                }
            }
        }
    }
}
