internal import Files
internal import Glibc

/// How far a check in parts has come. It is kept in a file beside the store, so that a check that was
/// cut short does not begin anew:
///
///     sluice check 1
///     store 1234
///     requests 56000
///
/// The file holds nothing that the store needs. One that cannot be read, or is another store's, says
/// that nothing has been looked at.
struct CheckPlace: Equatable, Sendable {
    enum Phase: String, CaseIterable {
        case names, streams, producers, requests, outcomes, checkpoints, sequences, pages

        /// Of the work, roughly.
        var share: ClosedRange<Double> {
            switch self {
            case .names: 0...0
            case .streams: 0...0.05
            case .producers: 0.05...0.1
            case .requests: 0.1...0.5
            case .outcomes: 0.5...0.75
            case .checkpoints: 0.75...0.9
            case .sequences: 0.9...0.95
            case .pages: 0.95...1
            }
        }
    }

    /// Nil at the end.
    private(set) var phase: Phase? = .names
    /// Rows up to this key have been looked at. A key of less than 1 is damage, and not kept.
    private(set) var last = Int64.min

    init() {}

    /// - Parameter key: nil to begin the next phase.
    mutating func advance(to key: Int64?) {
        last = key ?? .min
        if key == nil { phase = Phase.allCases.drop { $0 != phase }.dropFirst().first }
    }

    // MARK: The file

    private static let title = "sluice check 1"

    /// Nil where there is none.
    init?(storeAt path: String, store: UInt64) {
        let file = StoreFiles(path).check
        guard let data = try? StoreFiles.contents(of: file, atMost: 1024) else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        guard lines.count == 3, lines[0] == Self.title, lines[1] == "store \(store)" else {
            return nil
        }
        let words = lines[2].split(separator: " ")
        guard words.count == 2, let phase = Phase(rawValue: String(words[0])),
            let last = Int64(words[1]), last >= 0
        else { return nil }
        self.phase = phase
        self.last = last == 0 ? .min : last
    }

    /// Keeps it, or removes the file at the end. That it cannot be written is no reason to stop.
    func keep(storeAt path: String, store: UInt64) {
        let file = StoreFiles(path).check
        guard let phase else {
            unsafe unlink(file)
            return
        }
        let text = "\(Self.title)\nstore \(store)\n\(phase.rawValue) \(max(0, last))\n"
        guard var new = try? NewFile(file, exactPermissions: StoreFiles.fileMode),
            (try? new.descriptor.write(Array(text.utf8))) != nil
        else { return }
        try? new.complete()
    }
}
