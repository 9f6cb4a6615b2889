/// How many messages may wait for each reader, so that those of all readers stay within a number of
/// bytes: libzmq counts messages alone.
struct SendQueueLimit {
    private var limit: Int
    private var readerLimit = Int.max
    /// Messages for each reader as configured.
    private let most: Int
    /// Bytes that the largest of the latest messages takes.
    private var cost = 512
    private var mark: Int

    /// So that a burst finds room, however many readers there are.
    static let least = 1000
    /// What libzmq keeps for a message of three frames besides their bytes.
    private static let overhead = 3 * 64

    /// - Parameters:
    ///   - bytes: of all readers together.
    ///   - highWaterMark: messages for each; 0 for no limit but the bytes.
    init(bytes: Int, highWaterMark: Int) {
        limit = bytes
        most = highWaterMark == 0 ? .max : highWaterMark
        mark = highWaterMark
    }

    mutating func setLimit(bytes: Int) { limit = bytes }

    /// Sets the bytes that may wait for each reader, and for all together.
    mutating func limit(eachReader: Int, allReaders: Int) {
        (readerLimit, limit) = (eachReader, allReaders)
    }

    mutating func note(bytes: Int) {
        cost = max(bytes + Self.overhead, cost - cost / 1024)
    }

    /// The number to set from now on; nil while the present one is about right.
    mutating func change(readers: Int) -> Int? {
        let share = min(readerLimit, limit / max(1, readers)) / cost
        let wanted = min(most, max(Self.least, share), 1 << 30)
        guard wanted > mark + mark / 8 || wanted < mark - mark / 8 || mark == 0 else { return nil }
        mark = wanted
        return wanted
    }
}
