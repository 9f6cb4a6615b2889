import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The buffers of a step's rows, for one thread.
struct ChunkMemory: ~Copyable {
    /// `[rows, H padded]`: y of the latest layer, after each token.
    private var outputs: RowBuffer
    /// `[rows, G*H padded]`: a layer's input weights times its input.
    private var products: RowBuffer
    /// `[rows, H padded]` if y differs from h: a layer's h.
    private var hidden: RowBuffer
    /// `[rows, H padded]` if y differs from h: y, recomputed from states.
    private var recalled: RowBuffer
    /// `[rows, input of the last layer, padded]` for dense connections.
    private var inputs: RowBuffer

    init(rows: Int, config: ModelConfig) {
        let width = config.hiddenSize
        outputs = RowBuffer(rows: rows, columns: width)
        products = RowBuffer(rows: rows, columns: config.productSize)
        let mixedRows = config.skip.mixesOutputs ? rows : 0
        hidden = RowBuffer(rows: mixedRows, columns: width)
        recalled = RowBuffer(rows: mixedRows, columns: width)
        inputs = RowBuffer(
            rows: config.skip == .dense ? rows : 0,
            columns: config.inputSize(ofLayer: config.layers - 1))
    }

    mutating func withRows<Result>(_ body: (StepRows) -> Result) -> Result {
        var rows = unsafe StepRows(outputs: outputs.view, products: products.view)
        if !hidden.isEmpty { unsafe rows.hidden = hidden.view }
        if !inputs.isEmpty { unsafe rows.inputs = inputs.view }
        return unsafe body(rows)
    }

    /// Lends rows for y, recomputed from states. The rows of the latest step are kept.
    mutating func withRecalledRows<Result>(_ body: (RowView) -> Result) -> Result {
        unsafe body(recalled.view)
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
