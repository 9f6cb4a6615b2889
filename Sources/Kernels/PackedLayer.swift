internal import CKernels

// `unsafe`: pointers and views are passed to C inside the closures that lend them, after their
// bounds have been checked.

/// The weights and biases of a layer, in the layout of `sluice_layer`.
struct PackedLayer: ~Copyable, Sendable {
    private let cell: RecurrentCell
    private let inputSize: Int
    private let hiddenSize: Int
    private var panels: AlignedBuffer
    private var bias: AlignedBuffer
    private var position = 0

    init(cell: RecurrentCell, inputSize: Int, hiddenSize: Int) {
        self.cell = cell
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        let hidden = Kernels.paddedSize(hiddenSize)
        panels = AlignedBuffer(
            count: cell.gates * hidden * (Kernels.paddedSize(inputSize) + hidden))
        bias = AlignedBuffer(count: cell.biases * hidden)
    }

    mutating func writePanels(input: Span<Float>, hidden: Span<Float>) {
        for gates in cell.passes {
            for unit in stride(from: 0, to: hiddenSize, by: Kernels.lanes) {
                for gate in gates { append(input, k: inputSize, gate: gate, unit: unit) }
                for gate in gates { append(hidden, k: hiddenSize, gate: gate, unit: unit) }
            }
        }
    }

    private mutating func append(_ source: Span<Float>, k: Int, gate: Int, unit: Int) {
        let first = gate * hiddenSize + unit
        let rows = first..<first + min(Kernels.lanes, hiddenSize - unit)
        let start = position
        unsafe panels.withUnsafeMutablePointer { panels in
            unsafe source.writePanel(of: rows, k: k, to: panels + start)
        }
        position += Kernels.paddedSize(k) * Kernels.lanes
    }

    mutating func writeBias(input: Span<Float>, hidden: Span<Float>) {
        let (cell, hiddenSize) = (self.cell, self.hiddenSize)
        unsafe bias.withUnsafeMutablePointer { bias in
            for unit in 0..<hiddenSize {
                for column in 0..<cell.biases {
                    let (group, lane) = unit.quotientAndRemainder(dividingBy: Kernels.lanes)
                    let target = (group * cell.biases + column) * Kernels.lanes + lane
                    unsafe bias[target] = cell.bias(column, unit, hiddenSize, input, hidden)
                }
            }
        }
    }

    borrowing func withCLayer(_ body: (UnsafePointer<sluice_layer>) -> Void) {
        unsafe panels.withUnsafePointer { panels in
            unsafe bias.withUnsafePointer { bias in
                var layer = unsafe sluice_layer(
                    cell: cell.cValue, input_size: Kernels.paddedSize(inputSize),
                    hidden_size: Kernels.paddedSize(hiddenSize), weights: panels, bias: bias)
                unsafe body(&layer)
            }
        }
    }
}

extension RecurrentCell {
    /// The gates of each pass. A pass needs the results of the previous one.
    fileprivate var passes: [Range<Int>] {
        self == .gruResetBefore ? [0..<2, 2..<3] : [0..<gates]
    }

    /// The number of biases of each unit.
    fileprivate var biases: Int { self == .gruResetAfter ? 4 : gates }

    /// b_ih + b_hh. GRU, reset after: separate b_in and b_hn for n, since r scales only b_hn.
    fileprivate func bias(
        _ column: Int, _ unit: Int, _ hiddenSize: Int, _ input: Span<Float>, _ hidden: Span<Float>
    ) -> Float {
        let index = min(column, gates - 1) * hiddenSize + unit
        guard self == .gruResetAfter, column >= 2 else { return input[index] + hidden[index] }
        return column == 2 ? input[index] : hidden[index]
    }
}
