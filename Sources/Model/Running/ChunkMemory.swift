import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The buffers of a step's rows, for one thread.
struct ChunkMemory: ~Copyable {
    private let rowCount: Int
    private let outputStride: Int
    private let inputStride: Int
    private let productStride: Int
    /// `[rows, H padded]`: y of the latest layer, after each token.
    private var outputs: AlignedBuffer
    /// `[rows, G*H padded]`: a layer's input weights times its input.
    private var products: AlignedBuffer
    /// `[rows, H padded]` if y differs from h: a layer's h.
    private var hidden: AlignedBuffer
    /// `[rows, H padded]` if y differs from h: y, recomputed from states.
    private var recalled: AlignedBuffer
    /// `[rows, input of the last layer, padded]` for dense connections.
    private var inputs: AlignedBuffer

    init(rows: Int, config: ModelConfig) {
        rowCount = rows
        outputStride = Kernels.paddedSize(config.hiddenSize)
        inputStride = Kernels.paddedSize(config.inputSize(ofLayer: config.layers - 1))
        productStride = config.recurrentCell.gates * outputStride
        outputs = AlignedBuffer(count: rows * outputStride)
        products = AlignedBuffer(count: rows * productStride)
        let mixedRows = config.skip.mixesOutputs ? rows : 0
        hidden = AlignedBuffer(count: mixedRows * outputStride)
        recalled = AlignedBuffer(count: mixedRows * outputStride)
        inputs = AlignedBuffer(count: config.skip == .dense ? rows * inputStride : 0)
    }

    mutating func withRows<Result>(_ body: (StepRows) -> Result) -> Result {
        var rows = unsafe StepRows(
            outputs: outputs.view(rowCount, stride: outputStride),
            products: products.view(rowCount, stride: productStride))
        if hidden.count > 0 { unsafe rows.hidden = hidden.view(rowCount, stride: outputStride) }
        if inputs.count > 0 { unsafe rows.inputs = inputs.view(rowCount, stride: inputStride) }
        return unsafe body(rows)
    }

    /// Lends rows for y, recomputed from states. The rows of the latest step are kept.
    mutating func withRecalledRows<Result>(_ body: (RowView) -> Result) -> Result {
        unsafe body(recalled.view(rowCount, stride: outputStride))
    }
}

/// The rows of one step. Row b belongs to token b.
@unsafe struct StepRows {
    /// y of the latest layer.
    let outputs: RowView
    let products: RowView
    /// h of a layer above the first.
    var hidden: RowView
    /// The input of the layers above the first.
    var inputs: RowView

    init(outputs: RowView, products: RowView) {
        unsafe self.outputs = outputs
        unsafe self.products = products
        unsafe hidden = outputs
        unsafe inputs = outputs
    }

    /// The rows from number `first`.
    func dropping(first: Int) -> StepRows {
        var rows = unsafe StepRows(
            outputs: outputs.dropping(first: first), products: products.dropping(first: first))
        unsafe rows.hidden = hidden.dropping(first: first)
        unsafe rows.inputs = inputs.dropping(first: first)
        return unsafe rows
    }
}
