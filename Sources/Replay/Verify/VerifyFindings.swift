import Engine
import Model
import Wire

/// The findings of threads so far.
struct VerifyFindings {
    /// Incarnations whose first divergence is kept.
    private static let limit = 1000

    private struct Incarnation: Hashable {
        let stream: StreamID
        let number: UInt64
    }

    var counts = VerifyCounts()
    var missingModels: [Fingerprint: MissingModelError] = [:]
    private(set) var divergenceCount = 0
    private var first: [Incarnation: Divergence] = [:]

    /// Keeps the first of each incarnation.
    mutating func add(_ divergence: Divergence) {
        divergenceCount += 1
        keep(divergence)
    }

    mutating func formUnion(_ other: VerifyFindings) {
        counts += other.counts
        missingModels.merge(other.missingModels) { $1 }
        divergenceCount += other.divergenceCount
        for divergence in other.first.values { keep(divergence) }
    }

    private mutating func keep(_ divergence: Divergence) {
        let incarnation = Incarnation(stream: divergence.stream, number: divergence.incarnation)
        if let known = first[incarnation] {
            if Divergence.comesBefore(divergence, known) { first[incarnation] = divergence }
        } else if first.count < Self.limit {
            first[incarnation] = divergence
        }
    }

    var result: VerifyResult {
        var result = VerifyResult()
        result.counts = counts
        result.divergenceCount = divergenceCount
        result.divergences = first.values.sorted(by: Divergence.comesBefore)
        result.missingModels = missingModels.values.sorted {
            $0.fingerprint.hex < $1.fingerprint.hex
        }
        return result
    }
}
