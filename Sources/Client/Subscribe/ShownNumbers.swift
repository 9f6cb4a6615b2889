/// Which events of one topic have been shown.
struct ShownNumbers {
    /// All before this one are known to have been shown.
    private(set) var first: UInt64
    /// Digests of the bodies from `first` on; 0 for those that have not been shown.
    private var digests: [UInt32] = []
    private var isFirm: Bool

    /// More are not remembered: beyond, those that are missing have been told.
    private static let most = 1 << 20

    init(from first: UInt64, isFirm: Bool) {
        self.first = first
        self.isFirm = isFirm
    }

    var next: UInt64 { first + UInt64(digests.count) }

    mutating func begin(at number: UInt64) {
        if !isFirm, number < first, digests.isEmpty { first = number }
        isFirm = true
    }

    func has(_ number: UInt64, _ digest: UInt32) -> Bool {
        number >= first && number < next && digests[Int(number - first)] == digest
    }

    mutating func note(_ number: UInt64, _ digest: UInt32) {
        isFirm = true
        skip(before: number)
        if number == next {
            digests.append(digest)
        } else if number >= first {
            digests[Int(number - first)] = digest
        }
    }

    /// Those up to a number that have not been shown are missing.
    mutating func skip(before number: UInt64) {
        guard number >= next else { return }
        let gap = number - next
        if gap > Self.most || digests.count > Self.most {
            first = number
            digests = []
        } else {
            digests += [UInt32](repeating: 0, count: Int(gap))
        }
    }

    /// All up to the latest one are known to have been shown.
    mutating func noteVerified() {
        first = next
        digests.removeAll(keepingCapacity: digests.count < 1 << 12)
    }

    func unshownCount(_ range: Range<UInt64>) -> UInt64 {
        let known = range.clamped(to: first..<next)
        let shown = known.isEmpty ? 0 : known.count { digests[Int($0 - first)] != 0 }
        return range.upperBound - range.lowerBound - UInt64(shown)
    }

    /// - Returns: those before a number that were shown.
    @discardableResult
    mutating func drop(before number: UInt64) -> [ShownNumber] {
        guard number > first else { return [] }
        let count = Int(min(number - first, UInt64(digests.count)))
        let dropped = digests.prefix(count).enumerated().filter { $0.element != 0 }
            .map { ShownNumber(number: first + UInt64($0.offset), digest: $0.element) }
        digests.removeFirst(count)
        first = number == .max ? first + UInt64(count) : number
        return dropped
    }
}

/// An event that was shown, by its number and its body.
struct ShownNumber: Hashable {
    let number: UInt64
    let digest: UInt32
}

/// FNV-1a (Fowler, Noll and Vo); never 0.
extension [UInt8] {
    var digest: UInt32 { Swift.max(1, reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }) }
}
