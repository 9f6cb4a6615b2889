import Kernels

/// What a chunk's rows hold while a network reads it, in memory of one thread.
struct ChunkMemory: ~Copyable {
    private let rowCount: Int
    private let hiddenStride: Int
    private let productStride: Int
    /// `[rows, H padded]`: h of the layer read last, after each token.
    private var hidden: AlignedBuffer
    /// `[rows, G*H padded]`: a layer's input weights times what it reads.
    private var products: AlignedBuffer

    init(rows: Int, config: ModelConfig) {
        rowCount = rows
        hiddenStride = paddedSize(config.hiddenSize)
        productStride = config.recurrentCell.gates * hiddenStride
        hidden = AlignedBuffer(count: rows * hiddenStride)
        products = AlignedBuffer(count: rows * productStride)
    }

    mutating func withRows<Result>(_ body: (_ hidden: RowView, _ products: RowView) -> Result)
        -> Result
    {
        unsafe hidden.withUnsafeMutablePointer { hidden in
            unsafe products.withUnsafeMutablePointer { products in
                unsafe body(
                    RowView(base: hidden, stride: hiddenStride, rowCount: rowCount),
                    RowView(base: products, stride: productStride, rowCount: rowCount))
            }
        }
    }
}
