import Kernels

// `unsafe`: row views are used inside the closures that lend their memory, and none is stored.

/// A message in a bidirectional network. It passes through layer by layer, in each first forward
/// and then in reverse.
package final class WholeMessage {
    /// The maximum number of tokens of a message, without the start token. Later tokens are
    /// ignored.
    package static let maxTokens = 4096

    /// Includes the start token, if the model has one.
    package let tokens: [Int32]
    /// The log-odds that the message is positive; nil until the message has been read, or if not
    /// finite.
    package internal(set) var logit: Float?

    /// The current layer and direction.
    struct Pass: Hashable {
        var layer = 0
        var isReverse = false
    }

    var pass = Pass()
    var position = 0
    /// The slot of h and c among the runner's states.
    var slot: Int32 = 0
    var isFinite = true
    var memory: MessageMemory

    init(_ tokens: [Int32], config: ModelConfig) {
        self.tokens = tokens
        memory = MessageMemory(rows: tokens.count, config: config)
    }

    /// The index of the token that the pass reads `step` tokens from now.
    func index(after step: Int) -> Int {
        pass.isReverse ? tokens.count - 1 - position - step : position + step
    }
}

/// The layer outputs of a bidirectional network for each token of a message.
///
/// A row holds y of the previous and of the current layer, each the forward h and then the reverse
/// h, `[W]`; with dense connections it holds the embedding and every y, concatenated.
struct MessageMemory: ~Copyable {
    private let width: Int
    private let embeddingSize: Int
    private let isDense: Bool
    private var values: RowBuffer

    init(rows: Int, config: ModelConfig) {
        width = config.layerWidth
        embeddingSize = config.embeddingSize
        isDense = config.skip == .dense
        values = RowBuffer(rows: rows, columns: Self.stride(config))
    }

    private static func stride(_ config: ModelConfig) -> Int {
        guard config.skip == .dense else { return 2 * Kernels.paddedSize(config.layerWidth) }
        return Kernels.paddedSize(config.embeddingSize + config.layers * config.layerWidth)
    }

    static func bytes(tokens: Int, config: ModelConfig) -> Int {
        tokens * stride(config) * MemoryLayout<Float>.stride
    }

    mutating func withRows<Result>(_ body: (RowView) -> Result) -> Result {
        unsafe body(values.view)
    }

    /// The columns of a layer's y.
    func output(ofLayer layer: Int) -> Range<Int> {
        let start = isDense ? embeddingSize + layer * width : layer % 2 * Kernels.paddedSize(width)
        return start..<start + width
    }

    /// The columns of the input of a layer above the first.
    func input(ofLayer layer: Int) -> Range<Int> {
        isDense ? 0..<embeddingSize + layer * width : output(ofLayer: layer - 1)
    }
}
