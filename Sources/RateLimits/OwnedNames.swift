/// The names that each of many owners has in use. Owners without any are forgotten.
package struct OwnedNames<Owner: Hashable & Sendable, Name: Hashable & Sendable>: Sendable {
    private var names: [Owner: NamesInUse<Name>] = [:]
    /// How many owners are kept before those without names are looked for.
    private var room = Self.leastRoom

    private static var leastRoom: Int { 1024 }

    package init() {}

    package var ownerCount: Int { names.count }

    package mutating func hasRoom(
        of owner: Owner, for name: Name, most: Int, window: Int64, now: Int64
    ) -> Bool {
        guard names[owner] != nil else { return most > 0 }
        return names[owner, default: NamesInUse()]
            .hasRoom(for: name, most: most, window: window, now: now)
    }

    package mutating func use(_ name: Name, of owner: Owner, window: Int64, now: Int64) {
        if names.count >= room { forget(before: now - window) }
        names[owner, default: NamesInUse()].use(name, now: now)
    }

    package mutating func noteEnding(_ name: Name, of owner: Owner) {
        names[owner]?.noteEnding(name)
    }

    package mutating func giveBack(_ name: Name, of owner: Owner) { names[owner]?.giveBack(name) }

    /// Gives a name back for each owner.
    package mutating func giveBack(_ name: Name) {
        for owner in names.keys { names[owner]?.giveBack(name) }
    }

    private mutating func forget(before time: Int64) {
        for owner in names.keys { names[owner]?.forget(before: time) }
        names = names.filter { !$0.value.isEmpty }
        room = max(Self.leastRoom, 2 * names.count)
    }
}
