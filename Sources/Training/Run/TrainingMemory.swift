internal import Digests
internal import Foundation
internal import Model

/// The matrices of a run by name: parameters, the optimiser's state, averages, and the states of
/// the lanes.
struct TrainingMemory {
    struct Entry {
        let name: String
        let matrix: Matrix<Float>
    }

    let entries: [Entry]

    init(
        _ parameters: ParameterSet<Float>, _ optimiser: any Optimiser,
        _ averages: AveragedParameters?, states: [Matrix<Float>]
    ) {
        var entries = parameters.all.map { Entry(name: "value/" + $0.name, matrix: $0.value) }
        let kinds = optimiser.state + (averages.map { [("average", $0.averages)] } ?? [])
        for (kind, matrices) in kinds {
            for (parameter, matrix) in zip(parameters.all, matrices) {
                entries.append(Entry(name: "\(kind)/\(parameter.name)", matrix: matrix))
            }
        }
        for (index, state) in states.enumerated() {
            entries.append(Entry(name: "state/\(index)", matrix: state))
        }
        self.entries = entries
    }

    /// Copies of all numbers.
    func copy() -> [[Float]] { entries.map { entry in entry.matrix.numbers } }

    func restore(_ copies: [[Float]]) {
        for (entry, numbers) in zip(entries, copies) { entry.matrix.numbers = numbers }
    }

    /// Each matrix as a tensor of its padded layout.
    private var specs: [TensorSpec] {
        entries.map { TensorSpec($0.name, [$0.matrix.rows, $0.matrix.columns]) }
    }

    /// Writes all matrices. Returns their digest.
    func write(to file: URL) throws(ModelError) -> Digest {
        let matrices = Dictionary(uniqueKeysWithValues: entries.map { ($0.name, $0.matrix) })
        var digests: [String: Digest] = [:]
        try SafetensorsFile.write(specs, to: file) { spec in
            let numbers = matrices[spec.name]?.numbers ?? []
            digests[spec.name] = Digest(of: numbers)
            return numbers
        }
        return digest(digests)
    }

    /// Reads all matrices. Returns their digest.
    func read(from file: URL) throws(ModelError) -> Digest {
        let weights = try SafetensorsWeights(path: file.path, specs: specs)
        for (entry, spec) in zip(entries, specs) {
            entry.matrix.numbers = try weights.values(of: spec)
        }
        return digest(weights.digests)
    }

    /// The digest over the name, the shape and the digest of each matrix.
    private func digest(_ digests: [String: Digest]) -> Digest {
        let hasher = Digest.Hasher()
        for spec in specs {
            hasher.combine(spec.name)
            hasher.combine(spec.summary)
            hasher.combine(digests[spec.name]?.bytes ?? [])
        }
        return hasher.finish()
    }
}

extension Matrix where Scalar == Float {
    /// All numbers, padding included.
    fileprivate var numbers: [Float] {
        get {
            let row = all
            return (0..<row.count).map { row[$0] }
        }
        set {
            let row = all
            precondition(newValue.count == row.count, "numbers of another matrix")
            for (i, number) in newValue.enumerated() { row[i] = number }
        }
    }
}
