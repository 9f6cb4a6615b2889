/// Random numbers that are the same on every machine and in every run.
///
/// Source: SplitMix64, Steele, Lea and Flood, "Fast splittable pseudorandom number generators"
/// (2014).
package struct SeededRandom: RandomNumberGenerator, Sendable {
    @usableFromInline var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// Numbers as a function of a seed and a purpose. A run that is resumed at any step, on any number
    /// of threads, draws the same numbers.
    ///
    /// - Parameters:
    ///   - purpose: selects one of the sequences of a seed.
    ///   - indices: select further, such as a step and a layer.
    package init(seed: UInt64, purpose: String, _ indices: Int...) {
        // FNV-1a over the name and the indices.
        var hash = purpose.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        for index in indices {
            hash = (hash ^ UInt64(bitPattern: Int64(index))) &* 0x100_0000_01B3
            hash ^= hash >> 29
        }
        state = seed &* 0x9E37_79B9_7F4A_7C15 ^ hash
    }

    @inlinable
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    /// Uniform in [0, 1), a multiple of 2⁻²⁴.
    @inlinable
    package mutating func uniform() -> Double { Double(next() >> 40) / Double(1 << 24) }
}
