import Kernels

/// Probabilities of logits, with the kernels' own exp, sigmoid and tanh: the same bits everywhere.
extension NetworkRunner {
    /// Exact softmax values of the latest predictions' candidates, `[count, top]`:
    /// exp(logit - logSumExp).
    package func probabilities(into probabilities: inout [Float]) {
        let (count, top) = (predictions.count, predictions.top)
        probabilities.resize(to: count * top, with: 0)
        for index in 0..<count * top {
            probabilities[index] = predictions.logits[index] - predictions.logSumExp[index / top]
        }
        kernels.exp(&probabilities)
    }

    /// The surprisal of a token in bits: -log2 of its probability.
    package static func surprisal(logit: Float, logSumExp: Float) -> Float {
        let log2e: Float = 1.442_695
        return (logSumExp - logit) * log2e
    }

    /// Converts log-odds to probabilities of positive.
    package func probabilitiesOfPositive(_ logits: inout [Float]) { kernels.sigmoid(&logits) }

    /// Converts log-odds to scores from -1 to 1: 2 p - 1 = tanh(logit / 2).
    package func scores(_ logits: inout [Float]) {
        for index in logits.indices { logits[index] *= 0.5 }
        kernels.tanh(&logits)
    }
}

extension Array {
    mutating func resize(to size: Int, with value: Element) {
        if count > size { removeLast(count - size) }
        if count < size { append(contentsOf: repeatElement(value, count: size - count)) }
    }
}
