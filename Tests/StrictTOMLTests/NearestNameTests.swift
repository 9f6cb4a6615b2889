import NearestName
import Testing

@Suite struct NearestNameTests {
    private static let names = [
        "hidden_size", "embedding_size", "layers", "cell", "skip", "sentiment",
    ]

    /// A letter left out, doubled, exchanged for another, or two in each other's place.
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
        // Not read to its end.
        #expect(nearestName(to: String(repeating: "ab", count: 500_000), among: Self.names) == nil)
    }

    /// The first of the alphabet, in whatever order they come.
    @Test func amongEquallyNearOnesTheChoiceIsFixed() {
        #expect(nearestName(to: "cat", among: ["hat", "bat"]) == "bat")
        #expect(nearestName(to: "cat", among: ["bat", "hat"]) == "bat")
    }
}
