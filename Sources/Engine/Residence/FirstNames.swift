import Wire

/// The first so many of many names, without sorting all of them.
struct FirstNames {
    private var found: [StreamID] = []
    /// Names from here on are not among the first.
    private var bound: StreamID?
    private let limit: Int

    init(_ limit: Int) { self.limit = limit }

    mutating func add(_ name: StreamID) {
        if let bound, !Self.precedes(name, bound) { return }
        found.append(name)
        guard found.count >= 64, found.count / 2 >= limit else { return }
        found = names
        bound = found.last
    }

    var names: [StreamID] { Array(found.sorted(by: Self.precedes).prefix(limit)) }

    private static func precedes(_ a: StreamID, _ b: StreamID) -> Bool {
        a.utf8.lexicographicallyPrecedes(b.utf8)
    }
}
