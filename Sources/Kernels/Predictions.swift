/// The output of the vocabulary head for each row of a batch. The arrays are reused from step to
/// step; only the first `count` rows belong to the latest step.
package struct Predictions: Sendable {
    /// The number of rows of the latest step.
    package internal(set) var count = 0
    /// The number of candidates of each row.
    package internal(set) var top = 0
    /// `[count, top]`, best first. Among equal logits, the lower id is first.
    package internal(set) var ids: [Int32] = []
    /// `[count, top]`.
    package internal(set) var logits: [Float] = []
    /// `[count]`: the natural logarithm of the sum of exp over the whole vocabulary.
    package internal(set) var logSumExp: [Float] = []
    /// `[count]`. False if a logit is NaN or infinite; the row's other results are then undefined.
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
