import Foundation
import Kernels
import Randomness

/// A layer of random weights, and the cell's equations in double precision.
struct RandomLayer {
    let cell: RecurrentCell
    let inputSize: Int
    let hiddenSize: Int
    let weights: RecurrentWeights
    private let inputWeight: [Float]  // [G*H, E]
    private let hiddenWeight: [Float]  // [G*H, H]
    private let inputBias: [Float]
    private let hiddenBias: [Float]

    init(cell: RecurrentCell, inputSize: Int, hiddenSize: Int) throws {
        var random = SeededRandom(seed: 11)
        let rows = cell.gates * hiddenSize
        let inputWeight = random.floats(rows * inputSize, in: -0.4...0.4)
        let hiddenWeight = random.floats(rows * hiddenSize, in: -0.2...0.2)
        let (inputBias, hiddenBias) = (random.floats(rows), random.floats(rows))
        weights = try RecurrentWeights(
            cell: cell, inputSize: inputSize, hiddenSize: hiddenSize,
            inputWeight: inputWeight.span, hiddenWeight: hiddenWeight.span,
            inputBias: inputBias.span, hiddenBias: hiddenBias.span)
        self.cell = cell
        self.inputSize = inputSize
        self.hiddenSize = hiddenSize
        self.inputWeight = inputWeight
        self.hiddenWeight = hiddenWeight
        self.inputBias = inputBias
        self.hiddenBias = hiddenBias
    }

    /// W_i x + b_i of a gate's unit.
    private func input(_ gate: Int, _ unit: Int, _ x: [Float]) -> Double {
        let row = gate * hiddenSize + unit
        return Double(inputBias[row])
            + (0..<inputSize).map { Double(inputWeight[row * inputSize + $0]) * Double(x[$0]) }
            .reduce(0, +)
    }

    /// W_h h + b_h of a gate's unit.
    private func hidden(_ gate: Int, _ unit: Int, _ h: [Double]) -> Double {
        let row = gate * hiddenSize + unit
        return Double(hiddenBias[row])
            + (0..<hiddenSize).map { Double(hiddenWeight[row * hiddenSize + $0]) * h[$0] }
            .reduce(0, +)
    }

    /// h' and c' by the equations of torch.nn.LSTM, GRU, RNN and of Cho et al. 2014.
    func reference(x: [Float], h: [Float], c: [Float]) -> (h: [Double], c: [Double]) {
        let h = h.map(Double.init)
        func sum(_ gate: Int, _ unit: Int) -> Double {
            input(gate, unit, x) + hidden(gate, unit, h)
        }
        func sigmoid(_ gate: Int, _ unit: Int) -> Double { 1 / (1 + exp(-sum(gate, unit))) }
        let units = 0..<hiddenSize
        switch cell {
        case .lstm:
            let newC = units.map {
                sigmoid(1, $0) * Double(c[$0]) + sigmoid(0, $0) * tanh(sum(2, $0))
            }
            return (units.map { sigmoid(3, $0) * tanh(newC[$0]) }, newC)
        case .gruResetAfter:
            return (
                units.map {
                    let n = tanh(input(2, $0, x) + sigmoid(0, $0) * hidden(2, $0, h))
                    return (1 - sigmoid(1, $0)) * n + sigmoid(1, $0) * h[$0]
                }, []
            )
        case .gruResetBefore:
            let resetH = units.map { sigmoid(0, $0) * h[$0] }
            return (
                units.map {
                    let n = tanh(input(2, $0, x) + hidden(2, $0, resetH))
                    return (1 - sigmoid(1, $0)) * n + sigmoid(1, $0) * h[$0]
                }, []
            )
        case .rnnTanh: return (units.map { tanh(sum(0, $0)) }, [])
        case .rnnReLU: return (units.map { max(0, sum(0, $0)) }, [])
        }
    }
}
