import Engine
import Model
import Wire

/// What threads have found so far.
struct VerifyFindings {
    /// Lives whose first divergence is kept.
    private static let limit = 1000

    private struct Life: Hashable {
        let stream: StreamID
        let life: UInt64
    }

    var counts = VerifyCounts()
    var missingModels: [Fingerprint: MissingModelError] = [:]
    private(set) var divergenceCount = 0
    private var first: [Life: Divergence] = [:]

    /// Of each life, the first one stays.
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
        let life = Life(stream: divergence.stream, life: divergence.life)
        if let known = first[life] {
            if Divergence.comesBefore(divergence, known) { first[life] = divergence }
        } else if first.count < Self.limit {
            first[life] = divergence
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
