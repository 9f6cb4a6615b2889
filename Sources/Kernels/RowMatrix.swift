internal import Glibc

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// An immutable row-major matrix `[rows, paddedColumns]`: an embedding, or the rows of a head for
/// `dot`.
package final class RowMatrix: Sendable {
    package let rows: Int
    package let columns: Int
    package var paddedColumns: Int { Kernels.paddedSize(columns) }
    private let values: AlignedBuffer
    /// `[rows]`: the bias that `Kernels.dot` adds; zeros without one.
    private let bias: AlignedBuffer

    /// From `[rows, columns]` and, for `Kernels.dot`, a bias `[rows]`. Padding columns are zero.
    package init(
        rowMajor: Span<Float>, bias: Span<Float>? = nil, rows: Int, columns: Int
    ) throws(KernelError) {
        try checkCount(rowMajor, rows * columns, "matrix [\(rows), \(columns)]")
        self.rows = rows
        self.columns = columns
        values = AlignedBuffer(
            rowMajor, rows: rows, columns: columns, stride: Kernels.paddedSize(columns))
        self.bias = try AlignedBuffer(bias: bias, count: rows, paddedCount: rows)
    }

    /// Takes a filled buffer `[rows, columns]`. `columns` must be a multiple of 16.
    init(buffer: consuming AlignedBuffer, rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        values = buffer
        bias = AlignedBuffer(count: rows)
    }

    /// Lends the rows for reading. The mutable pointer in the view is safe, since kernels do not
    /// write their inputs.
    package func withRows<Result, Failure: Error>(
        _ body: (RowView) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe values.withUnsafePointer { base throws(Failure) in
            let rows = unsafe RowView(
                base: UnsafeMutablePointer(mutating: base), stride: paddedColumns, rowCount: rows)
            return try unsafe body(rows)
        }
    }

    func withBias<Result>(_ body: (UnsafePointer<Float>) -> Result) -> Result {
        unsafe bias.withUnsafePointer(body)
    }
}

extension AlignedBuffer {
    /// Copies `[rows, columns]` to rows `stride` floats apart.
    init(_ rowMajor: Span<Float>, rows: Int, columns: Int, stride: Int) {
        self.init(count: rows * stride)
        unsafe withUnsafeMutablePointer { target in
            unsafe rowMajor.withUnsafeBytes { source in
                guard let base = source.baseAddress else { return }
                let bytes = columns * MemoryLayout<Float>.stride
                for row in 0..<rows {
                    unsafe memcpy(target + row * stride, base + row * bytes, bytes)
                }
            }
        }
    }

    /// A bias `[count]`, or zeros, padded with zeros.
    init(bias: Span<Float>?, count: Int, paddedCount: Int) throws(KernelError) {
        guard let bias else {
            self.init(count: paddedCount)
            return
        }
        try checkCount(bias, count, "bias [\(count)]")
        self.init(bias, rows: 1, columns: count, stride: paddedCount)
    }
}

func checkCount(_ values: Span<Float>, _ expected: Int, _ operand: String) throws(KernelError) {
    guard values.count == expected else {
        throw .wrongCount(operand: operand, found: values.count, expected: expected)
    }
}
