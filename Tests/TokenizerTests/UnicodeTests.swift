import TestSupport
import Testing

@testable import Tokenizer

@Suite struct UnicodeTests {
    @Test func asciiClassesAreThoseOfTheTable() {
        for scalar in UInt32(0)..<0x80 {
            let classes = CharacterClass.classes(in: scalar...scalar)
            #expect(classes == .init(CharacterClass(of: scalar)))
        }
    }

    /// The table agrees with Unicode: the class of a letter does not change between versions.
    @Test func olderScalarsHaveTheClassesThatSwiftKnows() {
        for value in UInt32(0x80)..<0x11_0000 where value % 7 == 0 {
            guard let scalar = Unicode.Scalar(value),
                let age = scalar.properties.age, age.major < 10
            else { continue }
            let expected: CharacterClass =
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                    .otherLetter:
                    .letter
                case .decimalNumber, .letterNumber, .otherNumber: .number
                default: scalar.properties.isWhitespace ? .whitespace : .other
                }
            #expect(CharacterClass(of: value) == expected, "U+\(String(value, radix: 16))")
        }
    }

    @Test func classesOfARangeAreThoseOfItsScalars() {
        var random = SeededRandom(seed: 11)
        for _ in 0..<300 {
            let first = UInt32.random(in: 0..<0x3400, using: &random)
            let last = first + UInt32.random(in: 0..<40, using: &random)
            let expected = (first...last).reduce(into: CharacterClass.Set()) {
                $0.insert(.init(CharacterClass(of: $1)))
            }
            #expect(CharacterClass.classes(in: first...last) == expected)
        }
    }

    @Test func aPrefixIsCompletedByTheScalarsThatBeginSo() {
        var completions: [UTF8Prefix: (low: UInt32, high: UInt32)] = [:]
        for value in UInt32(0x80)..<0x11_0000 where value % 0x40 == 0 || value % 0x40 == 0x3F {
            guard let scalar = Unicode.Scalar(value) else { continue }
            var prefix = UTF8Prefix()
            for byte in String(scalar).utf8 {
                switch prefix.appending(byte) {
                case .prefix(let longer):
                    prefix = longer
                    let (low, high) = completions[prefix] ?? (value, value)
                    completions[prefix] = (min(low, value), max(high, value))
                case .scalar(let read): #expect(read == value)
                case .invalid: Issue.record("U+\(String(value, radix: 16)) is refused")
                }
            }
        }
        #expect(completions.count == 17_651)
        for (prefix, (low, high)) in completions { #expect(prefix.completions == low...high) }
    }
}
