/// The candidate that is most similar to `name`; nil if none is similar.
package func nearestName(to name: String, among candidates: some Sequence<String>) -> String? {
    let name = String(name.prefix(100))
    let ranked = candidates.map { (distance: editDistance(name, $0), candidate: $0) }
    guard let best = ranked.min(by: { $0 < $1 }) else { return nil }
    return best.distance <= max(2, best.candidate.count / 2) ? best.candidate : nil
}

/// Levenshtein distance: insertions, deletions and substitutions.
private func editDistance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in right.indices {
            let substitution = diagonal + (character == right[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, diagonal + 1, row[j] + 1)
        }
    }
    return row[right.count]
}
