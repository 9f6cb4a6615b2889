/// The shape of a mini-batch: `steps`, the sequence length, and `lanes`, the batch size. A lane is
/// one row of the mini-batch: a contiguous sequence of tokens that continues from mini-batch to
/// mini-batch. Row `t * lanes + b` of every matrix is step t of lane b.
package struct BatchShape: Sendable, Equatable {
    package let steps: Int
    package let lanes: Int
    package var rows: Int { steps * lanes }

    func row(_ step: Int, _ lane: Int) -> Int { step * lanes + lane }
}
