internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// The input products of a layer, computed separately from the step, with the same bits.
extension Kernels {
    /// The input products of every row of an embedding, `[V, productSize]`: a table that replaces
    /// the multiplication if the input is a token id.
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

    /// The input products of rows `indices[b]`, `[K padded]` each, written to row b of `products`.
    /// If the input of many steps is known in advance, the weights are read only once.
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
