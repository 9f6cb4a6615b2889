/// The character classes of the byte-level pre-tokenizer: `\p{L}`, `\p{N}`, `\s`, and all others.
///
/// The table is from the `tokenizers` package, so that tokens do not depend on the toolchain.
enum CharacterClass: UInt8, CaseIterable, Sendable {
    case letter, number, whitespace, other

    init(of scalar: UInt32) {
        switch scalar {
        case 0x61...0x7A, 0x41...0x5A: self = .letter
        case 0x20, 0x09...0x0D: self = .whitespace
        case 0x30...0x39: self = .number
        case 0..<0x80: self = .other
        default: self = Self.entry(Self.run(of: scalar))
        }
    }

    static func classes(in scalars: ClosedRange<UInt32>) -> Set {
        var classes: Set = []
        var index = run(of: scalars.lowerBound)
        while index < characterClassTable.count,
            characterClassTable[index] >> 2 <= scalars.upperBound
        {
            classes.insert(Set(entry(index)))
            index += 1
        }
        return classes
    }

    private static func entry(_ index: Int) -> CharacterClass {
        switch characterClassTable[index] & 3 {
        case 0: .letter
        case 1: .number
        case 2: .whitespace
        default: .other
        }
    }

    /// The last run that begins at or before `scalar`.
    private static func run(of scalar: UInt32) -> Int {
        var low = 0
        var high = characterClassTable.count
        while high - low > 1 {
            let middle = (low + high) / 2
            if characterClassTable[middle] >> 2 <= scalar { low = middle } else { high = middle }
        }
        return low
    }
}

extension CharacterClass {
    struct Set: OptionSet, Sendable {
        let rawValue: UInt8

        init(rawValue: UInt8) { self.rawValue = rawValue }
        init(_ member: CharacterClass) { rawValue = 1 << member.rawValue }

        static let letter = Set(.letter)
        static let number = Set(.number)
        static let whitespace = Set(.whitespace)
        static let other = Set(.other)
        static let all: Set = [.letter, .number, .whitespace, .other]
        static let notWhitespace = all.subtracting(.whitespace)
    }

    /// Reads one byte of a text whose scalars are all of this class; nil if that is impossible.
    func reading(_ byte: UInt8, after prefix: UTF8Prefix) -> UTF8Prefix? {
        switch prefix.appending(byte) {
        case .scalar(let scalar):
            CharacterClass(of: scalar) == self ? UTF8Prefix() : nil
        case .prefix(let longer):
            Self.classes(in: longer.completions).contains(Set(self)) ? longer : nil
        case .invalid: nil
        }
    }
}
