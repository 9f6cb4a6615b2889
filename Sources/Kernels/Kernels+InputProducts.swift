internal import CKernels

/// The products of a layer's input weights, apart from the step that takes them: the same bits.
extension Kernels {
    /// Of every row of an embedding, `[V, productSize]`: for a layer whose input is a token id, a
    /// table in place of the multiplication.
    package func inputProducts(_ weights: RecurrentWeights, of embedding: RowMatrix) -> RowMatrix {
        let stride = weights.productSize
        var products = AlignedBuffer(count: embedding.rows * stride)
        let indices = (0..<Int32(embedding.rows)).map { $0 }
        let chunk = 96
        var workspace = Workspace(maxBatch: chunk, widths: [embedding.paddedColumns])
        unsafe embedding.withRows { rows in
            unsafe products.withUnsafeMutablePointer { base in
                for first in Swift.stride(from: 0, to: embedding.rows, by: chunk) {
                    let count = min(chunk, embedding.rows - first)
                    let target = unsafe RowView(
                        base: base + first * stride, stride: stride, rowCount: count)
                    unsafe inputProducts(
                        weights, of: rows, indices: indices.span.extracting(first..<first + count),
                        into: target, workspace: &workspace)
                }
            }
        }
        return RowMatrix(buffer: products, rows: embedding.rows, columns: stride)
    }

    /// Of row `indices[b]` of an input, `[K padded]` each, into row b of `products`: for an input
    /// that is known for many steps before the first of them, so that the weights are read once.
    @unsafe package func inputProducts(
        _ weights: RecurrentWeights, of input: RowView, indices: Span<Int32>,
        into products: RowView, workspace: inout Workspace
    ) {
        precondition(
            indices.count <= workspace.maxBatch && weights.paddedInputSize <= workspace.maxWidth)
        unsafe precondition(
            weights.productSize <= products.stride && indices.count <= products.rowCount)
        unsafe input.check(indices, width: weights.paddedInputSize)
        unsafe indices.withUnsafeBufferPointer { indices in
            unsafe weights.withCLayer { layer in
                unsafe workspace.packedInput.withUnsafeMutablePointer { packed in
                    unsafe table.pointee.layer_input_products(
                        layer, input.cRows(indices), indices.count, packed, products.base,
                        products.stride)
                }
            }
        }
    }
}
