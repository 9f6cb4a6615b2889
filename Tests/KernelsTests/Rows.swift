import Kernels
import Randomness

/// Rows `[rows, stride]` that kernels may write, as a daemon's states are.
final class Rows {
    let count: Int
    let stride: Int
    private let buffer: AlignedBuffer

    init(_ values: [Float], stride: Int) {
        count = values.count / stride
        self.stride = stride
        var buffer = AlignedBuffer(count: values.count)
        unsafe buffer.withUnsafeMutablePointer { target in
            for (i, value) in values.enumerated() { unsafe target[i] = value }
        }
        self.buffer = buffer
    }

    /// Of `width` values in each row, padded with zeros to `stride`.
    convenience init(_ values: [Float], width: Int, stride: Int) {
        var padded: [Float] = []
        for row in Swift.stride(from: 0, to: values.count, by: width) {
            padded += values[row..<row + width] + Array(repeating: 0, count: stride - width)
        }
        self.init(padded, stride: stride)
    }

    var values: [Float] { buffer.floats() }

    subscript(row: Int) -> [Float] {
        Array(values[row * stride..<(row + 1) * stride])
    }

    /// Several views may exist at once, as of h and c.
    func view<Result>(from offset: Int = 0, _ body: (RowView) -> Result) -> Result {
        unsafe buffer.withUnsafePointer { base in
            let base = unsafe UnsafeMutablePointer(mutating: base + offset)
            return unsafe body(RowView(base: base, stride: stride, rowCount: count))
        }
    }
}

extension AlignedBuffer {
    borrowing func floats() -> [Float] {
        unsafe withUnsafePointer { base in (0..<count).map { unsafe base[$0] } }
    }
}

extension [Float] {
    var bits: [UInt32] { map(\.bitPattern) }
}

/// `count` distinct slots below `limit`, in an order that depends on `seed`.
func slots(_ count: Int, below limit: Int, seed: Int) -> [Int32] {
    var random = SeededRandom(seed: UInt64(seed))
    return Array((0..<Int32(limit)).shuffled(using: &random).prefix(count))
}

/// The distance of the value from `exact`, in units in the last place.
func ulps(_ value: Float, from exact: Double) -> Double {
    let ulp = max(Double(Float(exact).ulp), Double(Float.leastNonzeroMagnitude))
    return abs(Double(value) - exact) / ulp
}

func allKernels() throws -> [Kernels] {
    try KernelTier.available.map { tier in try Kernels(tier: tier) }
}
