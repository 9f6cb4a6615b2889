import Kernels

/// A message on its way through a bidirectional network: layer after layer, in each first from its
/// first token to the last and then back.
package final class WholeMessage {
    /// Most tokens of a message that count, its start token aside: the first ones.
    package static let maxTokens = 4096

    /// With the start token, if the model has one.
    package let tokens: [Int32]
    /// The log-odds that the message is positive; nil until it has been read, and where it is not
    /// finite.
    package internal(set) var logit: Float?

    /// Where it is: so many tokens of this layer have been read in this direction.
    struct Pass: Hashable {
        var layer = 0
        var isReverse = false
    }

    var pass = Pass()
    var position = 0
    /// Where h and c of the pass stand among the runner's states.
    var slot: Int32 = 0
    var isFinite = true
    var memory: MessageMemory

    init(_ tokens: [Int32], config: ModelConfig) {
        self.tokens = tokens
        memory = MessageMemory(rows: tokens.count, config: config)
    }

    /// Which of its tokens the pass reads `step` tokens from now.
    func index(after step: Int) -> Int {
        pass.isReverse ? tokens.count - 1 - position - step : position + step
    }
}

/// What the layers of a bidirectional network made of each token of a message.
///
/// A row holds the output y of the layer read last and of the one being read, each with forward h
/// before reverse h, `[W]`; with dense connections the embedding and every y, side by side.
struct MessageMemory: ~Copyable {
    private let rowCount: Int
    private let stride: Int
    private let width: Int
    private let embeddingSize: Int
    private let isDense: Bool
    private var values: AlignedBuffer

    init(rows: Int, config: ModelConfig) {
        rowCount = rows
        stride = Self.stride(config)
        width = config.layerWidth
        embeddingSize = config.embeddingSize
        isDense = config.skip == .dense
        values = AlignedBuffer(count: rows * stride)
    }

    private static func stride(_ config: ModelConfig) -> Int {
        guard config.skip == .dense else { return 2 * Kernels.paddedSize(config.layerWidth) }
        return Kernels.paddedSize(config.embeddingSize + config.layers * config.layerWidth)
    }

    static func bytes(tokens: Int, config: ModelConfig) -> Int {
        tokens * stride(config) * MemoryLayout<Float>.stride
    }

    mutating func withRows<Result>(_ body: (RowView) -> Result) -> Result {
        unsafe body(values.view(rowCount, stride: stride))
    }

    /// The columns of a layer's y.
    func output(ofLayer layer: Int) -> Range<Int> {
        let start =
            isDense ? embeddingSize + layer * width : layer % 2 * Kernels.paddedSize(width)
        return start..<start + width
    }

    /// The columns that a layer above the first reads.
    func input(ofLayer layer: Int) -> Range<Int> {
        isDense ? 0..<embeddingSize + layer * width : output(ofLayer: layer - 1)
    }
}
