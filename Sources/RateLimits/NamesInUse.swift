/// Names that are in use: from when they are first used until they are given back, or have not been used
/// for a while.
package struct NamesInUse<Name: Hashable & Sendable>: Sendable {
    private struct Use {
        var time: Int64
        /// Its user has asked to give it back.
        var isEnding = false
    }

    private var uses: [Name: Use] = [:]
    /// No use is older.
    private var oldest: Int64 = .max

    package init() {}

    package var count: Int { uses.count }
    package var isEmpty: Bool { uses.isEmpty }

    /// Whether a name can be used.
    ///
    /// - Parameters:
    ///   - most: names in use at a time.
    ///   - window: how long a name is in use after it was last used, in nanoseconds.
    package mutating func hasRoom(for name: Name, most: Int, window: Int64, now: Int64) -> Bool {
        if uses.count < most || uses[name] != nil { return true }
        // Not at each refusal: only when there is one to forget.
        guard oldest < now - window else { return false }
        forget(before: now - window)
        return uses.count < most
    }

    package mutating func use(_ name: Name, now: Int64) {
        uses[name] = Use(time: now)
        oldest = min(oldest, now)
    }

    /// It will be given back by `giveBack`, unless it is used before.
    package mutating func noteEnding(_ name: Name) { uses[name]?.isEnding = true }

    /// Gives a name back that has not been used since `noteEnding`.
    package mutating func giveBack(_ name: Name) {
        if uses[name]?.isEnding == true { uses[name] = nil }
    }

    /// Forgets names that were last used before a time.
    package mutating func forget(before time: Int64) {
        uses = uses.filter { $0.value.time >= time }
        oldest = uses.values.map(\.time).min() ?? .max
    }
}
