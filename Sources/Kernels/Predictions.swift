/// What the head says of each row of a batch. Reused from step to step; only the first
/// `count` rows are of the latest one.
package struct Predictions: Sendable {
    /// Rows of the latest step.
    package internal(set) var count = 0
    /// Candidates of each row.
    package internal(set) var top = 0
    /// `[count, top]`, best first; of equal logits the lower id first.
    package internal(set) var ids: [Int32] = []
    /// `[count, top]`.
    package internal(set) var logits: [Float] = []
    /// `[count]`, natural logarithm of the sum of exp over the whole vocabulary.
    package internal(set) var logSumExp: [Float] = []
    /// `[count]`. False: a logit was NaN or infinite, and the row's other results mean nothing.
    package internal(set) var isFinite: [Bool] = []

    package init() {}

    mutating func prepare(count: Int, top: Int) {
        self.count = count
        self.top = top
        ids.grow(to: count * top, with: 0)
        logits.grow(to: count * top, with: 0)
        logSumExp.grow(to: count, with: 0)
        isFinite.grow(to: count, with: false)
    }
}

extension Array {
    fileprivate mutating func grow(to size: Int, with value: Element) {
        if count < size { append(contentsOf: repeatElement(value, count: size - count)) }
    }
}
