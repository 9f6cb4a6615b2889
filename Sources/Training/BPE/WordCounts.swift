package import Tokenizer

/// The distinct pre-tokens of a corpus, in order of first occurrence, and their counts.
///
/// This is a hash table over bytes: a corpus has about 35 million pre-tokens, and comparing
/// `String`s is slower, since it considers more than bytes.
package struct WordCounts {
    /// The bytes of all words, concatenated; word `i` ends at `ends[i]`.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private(set) var counts: [Int] = []
    private var hashes: [UInt64] = []

    /// The word in each slot, or -1. The number of slots is a power of two; at most half are used.
    private var slots = [Int32](repeating: -1, count: 1 << 16)

    package init() {}

    package var count: Int { ends.count }

    package subscript(word: Int) -> ArraySlice<UInt8> {
        bytes[(word == 0 ? 0 : ends[word - 1])..<ends[word]]
    }

    /// Counts the words of a text, which must be UTF-8.
    ///
    /// - Parameter progress: receives the number of bytes read, about every megabyte.
    package mutating func add<Failure: Error>(
        _ text: [UInt8], cutBy preTokenizer: PreTokenizer, progress: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var reported = 0
        try preTokenizer.cut(text) { (range: Range<Int>) throws(Failure) in
            add(text, range)
            guard range.upperBound - reported >= 1 << 20 else { return }
            reported = range.upperBound
            try progress(reported)
        }
    }

    private mutating func add(_ text: [UInt8], _ range: Range<Int>) {
        let hash = Self.hash(text, range)
        let slot = slot(of: text, range, hash)
        let word = Int(slots[slot])
        guard word < 0 else {
            counts[word] += 1
            return
        }
        slots[slot] = Int32(count)
        bytes += text[range]
        ends.append(bytes.count)
        counts.append(1)
        hashes.append(hash)
        if count * 2 > slots.count { grow() }
    }

    /// The slot of the word, or the free slot where it would be inserted.
    private func slot(of text: [UInt8], _ range: Range<Int>, _ hash: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] >= 0 {
            let word = Int(slots[slot])
            if hashes[word] == hash, self[word].elementsEqual(text[range]) { break }
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private mutating func grow() {
        slots = [Int32](repeating: -1, count: slots.count * 2)
        for (word, hash) in hashes.enumerated() {
            var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
            while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = Int32(word)
        }
    }

    /// FNV-1a. The high bits are mixed into the low bits, which select the slot.
    private static func hash(_ text: [UInt8], _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        return hash ^ hash >> 32
    }
}
