/// Cuts bytes into pieces of random lengths, some of them empty.
package func cuts(
    of bytes: [UInt8], longest: Int, _ random: inout SeededRandom
) -> [[UInt8]] {
    var rest = bytes[...]
    var pieces: [[UInt8]] = []
    while !rest.isEmpty {
        let count = Int.random(in: 0...longest, using: &random)
        pieces.append(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
    }
    return pieces
}
