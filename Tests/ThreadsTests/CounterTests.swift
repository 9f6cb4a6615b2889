import Testing
import Threads

@Suite struct CounterTests {
    private final class Sums: CounterSet {
        let first = Counter("first")
        let other = 5
        let second = Counter("second.part")
    }

    @Test func aSetListsEachCounterThatItDeclares() {
        let sums = Sums()
        sums.first.add()
        sums.second.add(3)
        sums.second.add(-1)
        #expect(sums.counters.map(\.name) == ["first", "second.part"])
        #expect(sums.counters.map(\.value) == [1, 2])
    }
}
