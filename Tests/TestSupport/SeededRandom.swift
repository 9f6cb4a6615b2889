/// A random source that gives the same numbers in every run.
///
/// SplitMix64: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).
package struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension RandomNumberGenerator {
    /// Bytes of which many are no UTF-8.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }

    /// Words of letters with spaces and line ends between them.
    package mutating func text(_ count: Int) -> [UInt8] {
        let alphabet = Array("aaabcdeeefghiijklmnooprsttuuvw      \n.,'é".utf8)
        return (0..<count).map { _ in alphabet.randomElement(using: &self)! }
    }
}
