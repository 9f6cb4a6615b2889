// Tests that have this module have its source of random numbers, too.
@_exported public import Randomness

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
