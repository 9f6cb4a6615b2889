package import Storage

/// Looks at everything a store holds as `StoreCheck` does, a few rows at a time and each time at what
/// is there then, so that a store that is being written is held up by nothing.
///
/// What has been looked at stays as it is: rows are added behind it, or deleted. A check that was cut
/// short continues where it was (CheckPlace).
package struct PartialCheck {
    private let reader: JournalReader
    /// The store's own number.
    private let store: UInt64
    private(set) var place: CheckPlace
    /// Where the first damage was found: the next check must find it too.
    private var findings: CheckPlace?

    /// Continues where an earlier check was kept.
    package init(storeAt path: String) throws(StorageError) {
        reader = try JournalReader(path: path)
        store = try reader.read { try StoreState.read($0.db).store }
        place = CheckPlace(storeAt: path, store: store) ?? CheckPlace()
    }

    package var isAtEnd: Bool { place.phase == nil }

    /// Looks at the next part.
    ///
    /// - Returns: the damage of single streams in it; nil once all has been looked at.
    /// - Throws: `damaged` for what is not one stream's alone, and what the store cannot be read for.
    package mutating func next() throws(StorageError) -> [StreamDamage]? {
        guard let phase = place.phase else { return nil }
        let part = try reader.read { [place] in
            try CheckPart($0.db, reader.path, phase, after: place.last)
        }
        if !part.damages.isEmpty { findings = findings ?? place }
        place.advance(to: part.last)
        return part.damages
    }

    /// Keeps how far it has come, in a file beside the store.
    package func keep() { (findings ?? place).keep(storeAt: reader.path, store: store) }

    /// From 0 to 1, estimated.
    package func progress() throws(StorageError) -> Double {
        guard let phase = place.phase else { return 1 }
        let highest = try reader.read { try CheckPart.highest($0.db, phase) }
        let within = highest > 0 ? min(1, Double(max(0, place.last)) / Double(highest)) : 1
        return phase.share.lowerBound
            + within * (phase.share.upperBound - phase.share.lowerBound)
    }
}
