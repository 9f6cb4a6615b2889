import RateLimits
import Testing

@Suite struct NamesInUseTests {
    @Test func namesAreInUseUntilUnusedForLong() {
        var names = NamesInUse<String>()
        func room(_ name: String, _ now: Int64) -> Bool {
            names.hasRoom(for: name, most: 2, window: 10, now: now)
        }
        for name in ["a", "b"] {
            #expect(room(name, 0))
            names.use(name, now: 0)
        }
        #expect(!room("c", 10) && room("a", 10))
        names.use("a", now: 10)
        #expect(room("c", 11))
        names.use("c", now: 11)
        #expect(!room("b", 11) && names.count == 2)
    }

    @Test func aNameIsGivenBackUnlessItIsUsedAgainBefore() {
        var names = OwnedNames<Int, String>()
        func room(_ owner: Int) -> Bool {
            names.hasRoom(of: owner, for: "new", most: 1, window: 10, now: 1)
        }
        for owner in 1...2 { names.use("a", of: owner, window: 10, now: 0) }
        names.giveBack("a")
        #expect(!room(1))
        names.noteEnding("a", of: 1)
        names.use("a", of: 1, window: 10, now: 0)
        names.giveBack("a")
        #expect(!room(1))
        names.noteEnding("a", of: 1)
        names.giveBack("a")
        #expect(room(1) && !room(2))
        let isFull = !names.hasRoom(of: 3, for: "a", most: 0, window: 10, now: 0)
        #expect(isFull)
    }

    @Test func ownersWithoutNamesAreForgotten() {
        var names = OwnedNames<Int, Int>()
        for owner in 0..<50_000 {
            names.use(1, of: owner, window: 1000, now: Int64(owner))
        }
        #expect(names.ownerCount <= 2100)
    }
}
