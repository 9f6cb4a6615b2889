import NearestName
import Testing

@Suite struct NearestNameTests {
    private static let names = [
        "hidden_size", "embedding_size", "layers", "cell", "skip", "sentiment",
    ]

    /// A letter omitted, doubled or replaced, or two letters swapped.
    private static func misspellings(of name: String) -> [String] {
        let letters = Array(name)
        return letters.indices.flatMap { index in
            var (without, doubled, other, swapped) = (letters, letters, letters, letters)
            without.remove(at: index)
            doubled.insert(letters[index], at: index)
            other[index] = "x"
            if index > 0 { swapped.swapAt(index - 1, index) }
            return [without, doubled, other, swapped].map { String($0) }
        }
    }

    @Test(arguments: names) func everyMisspellingFindsItsName(name: String) {
        for other in Self.misspellings(of: name) {
            #expect(nearestName(to: other, among: Self.names) == name, "\(other)")
            #expect(nearestName(to: other, among: Self.names.reversed()) == name, "\(other)")
        }
    }

    @Test func whatIsLikeNoneFindsNone() {
        #expect(nearestName(to: "temperature", among: Self.names) == nil)
        #expect(nearestName(to: "layers", among: [String]()) == nil)
        // A long name is not read to its end.
        #expect(nearestName(to: String(repeating: "ab", count: 500_000), among: Self.names) == nil)
    }

    /// The first in the alphabet, for every order of candidates.
    @Test func amongEquallyNearOnesTheChoiceIsFixed() {
        #expect(nearestName(to: "cat", among: ["hat", "bat"]) == "bat")
        #expect(nearestName(to: "cat", among: ["bat", "hat"]) == "bat")
    }
}
