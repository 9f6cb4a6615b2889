package import Tokenizer

/// The different pre-tokens of a corpus, in the order they first came, and how often each came.
///
/// A hash table of its own: a corpus has some 35 million of them, and strings compare by more
/// than their bytes.
package struct WordCounts {
    /// The bytes of all words, one after another; word `i` ends at `ends[i]`.
    private var bytes: [UInt8] = []
    private var ends: [Int] = []
    private(set) var counts: [Int] = []
    private var hashes: [UInt64] = []

    /// The word in each slot, or -1; a power of two of them, at most half of them taken.
    private var slots = [Int32](repeating: -1, count: 1 << 16)

    package init() {}

    package var count: Int { ends.count }

    package subscript(word: Int) -> ArraySlice<UInt8> {
        bytes[(word == 0 ? 0 : ends[word - 1])..<ends[word]]
    }

    /// Counts the words of a text, which must be UTF-8.
    ///
    /// - Parameter progress: is told now and then how many bytes have been read.
    package mutating func add<Failure: Error>(
        _ text: [UInt8], cutBy preTokenizer: PreTokenizer,
        progress: (Int) throws(Failure) -> Void
    ) throws(Failure) {
        var told = 0
        try preTokenizer.cut(text) { (range: Range<Int>) throws(Failure) in
            add(text, range)
            guard range.upperBound - told >= 1 << 20 else { return }
            told = range.upperBound
            try progress(told)
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

    /// Where the word is, or would be.
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

    /// FNV-1a, its high bits mixed into the low ones that choose a slot.
    private static func hash(_ text: [UInt8], _ range: Range<Int>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for index in range { hash = (hash ^ UInt64(text[index])) &* 0x100_0000_01B3 }
        return hash ^ hash >> 32
    }
}
