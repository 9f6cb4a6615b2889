package import Kernels
import Model
import Tokenizer

/// Reads two sides in parallel, aligned by the bytes of their text.
///
/// Epochs are compared in pairs. Where an epoch of one side ends first, the rest of the other side's
/// epoch has no counterpart. Then both sides continue with their next epoch.
package final class Differ {
    private let a: DiffSide
    private let b: DiffSide
    private var heads: (a: HeadReader, b: HeadReader)?
    /// The offset at which the current epochs of both sides begin.
    private var base: UInt64 = 0
    private var epochs: (a: UInt64, b: UInt64)?
    private var end: UInt64 = 0
    private(set) package var summary = DiffSummary()

    /// - Parameter comparesVocabularies: whether to compute the divergence of the whole distributions.
    package init(
        _ a: DiffSide, _ b: DiffSide, kernels: Kernels, comparesVocabularies: Bool = true
    ) throws {
        self.a = a
        self.b = b
        let (left, right) = (a.model, b.model)
        guard comparesVocabularies, left.config.heads.next, right.config.heads.next,
            left.hasVocabulary(of: right)
        else { return }
        heads = (try HeadReader(left, kernels: kernels), try HeadReader(right, kernels: kernels))
    }

    /// Nil after the end of both sides.
    package func next() throws -> Segment? {
        guard var segment = try segment() else { return nil }
        if let heads, let a = segment.a.last, let b = segment.b.last,
            segment.a.last?.token?.offset.upperBound == segment.b.last?.token?.offset.upperBound
        {
            segment.divergence = divergence(
                heads.a.logProbabilities(after: a.values),
                heads.b.logProbabilities(after: b.values))
        }
        summary.add(segment)
        return segment
    }

    private func segment() throws -> Segment? {
        if epochs == nil {
            guard let first = try a.peek()?.epoch ?? b.peek()?.epoch else { return nil }
            epochs = (first, try b.peek()?.epoch ?? first)
        }
        var left: [SessionPoint] = []
        var right: [SessionPoint] = []
        var (endA, endB) = (end, end)
        repeat {
            if endA <= endB, let point = try a.next(in: epochs?.a) {
                left.append(point)
                endA = base + (point.token?.offset.upperBound ?? 0)
            } else if endB <= endA, let point = try b.next(in: epochs?.b) {
                right.append(point)
                endB = base + (point.token?.offset.upperBound ?? 0)
            } else {
                break
            }
        } while endA != endB
        guard !left.isEmpty || !right.isEmpty else {
            (base, epochs) = (end, nil)
            return try a.peek() == nil && b.peek() == nil ? nil : segment()
        }
        defer { end = max(endA, endB) }
        return Segment(offset: end..<max(endA, endB), a: left, b: right)
    }
}

extension Model {
    /// Whether both have the same tokens under the same ids.
    fileprivate func hasVocabulary(of other: Model) -> Bool {
        let (a, b) = (tokenizer.vocabulary, other.tokenizer.vocabulary)
        return a.count == b.count
            && (0..<Int32(a.count)).allSatisfy { a.bytes(of: $0) == b.bytes(of: $0) }
    }
}
