import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// The next tokens of messages in the same layer and direction.
struct MessageSlice {
    /// A token of a message and its row in the step.
    struct Row {
        let message: WholeMessage
        let token: Int
        let number: Int
    }

    let chunk: TokenChunk
    let counts: [Int]
    let rows: [Row]
    let rowNumbers: [Int32]

    /// Up to `most` tokens of each message.
    init(_ messages: [WholeMessage], atMost most: Int) {
        counts = messages.map { min(most, $0.tokens.count - $0.position) }
        let places = zip(messages, counts).flatMap { message, count in
            (0..<count).map { (message: message, token: message.index(after: $0)) }
        }
        let chunk = TokenChunk(
            slots: messages.map(\.slot), counts: counts,
            tokens: places.map { $0.message.tokens[$0.token] })
        rows = zip(places, chunk.rows).map {
            Row(message: $0.message, token: $0.token, number: Int($1))
        }
        rowNumbers = (0..<Int32(chunk.count)).map { $0 }
        self.chunk = chunk
    }
}

/// The buffers of a slice's rows, for one thread.
struct SliceRows: ~Copyable {
    private var inputs: RowBuffer
    private var hidden: RowBuffer
    private var products: RowBuffer
    private var joined: RowBuffer

    init(rows: Int, config: ModelConfig) {
        // The last layer has the widest input above the first.
        inputs = RowBuffer(rows: rows, columns: config.inputSize(ofLayer: config.layers - 1))
        hidden = RowBuffer(rows: rows, columns: config.hiddenSize)
        products = RowBuffer(rows: rows, columns: config.productSize)
        joined = RowBuffer(rows: rows, columns: config.layerWidth)
    }

    mutating func withRows<Result>(_ body: (SliceViews) -> Result) -> Result {
        let views = unsafe SliceViews(
            inputs: inputs.view, hidden: hidden.view, products: products.view, joined: joined.view)
        return unsafe body(views)
    }
}

@unsafe struct SliceViews {
    /// The input of a layer above the first, and its y for residual and highway connections.
    let inputs: RowView
    /// h of one direction.
    let hidden: RowView
    let products: RowView
    /// h of both directions.
    let joined: RowView
}

extension ModelConfig {
    /// G*H padded
    var productSize: Int { recurrentCell.gates * Kernels.paddedSize(hiddenSize) }
}
