import Glibc

/// Counts the used slots on each page of a slab, so that unused pages can be returned to the
/// system.
struct SlabPages {
    private static let size = max(4096, sysconf(Int32(_SC_PAGESIZE)))

    private let bytesPerSlot: Int
    private var users: [UInt16] = []

    init(bytesPerSlot: Int) { self.bytesPerSlot = bytesPerSlot }

    mutating func use(_ slot: Int32) {
        let pages = pages(of: slot)
        if users.count < pages.upperBound {
            users += Array(repeating: 0, count: pages.upperBound - users.count)
        }
        for page in pages { users[page] += 1 }
    }

    /// - Returns: the byte range of the slab that no used slot touches any more.
    mutating func release(_ slot: Int32) -> Range<Int> {
        let pages = pages(of: slot)
        for page in pages { users[page] -= 1 }
        // Only the first and the last page can hold other slots.
        let first = users[pages.lowerBound] == 0 ? pages.lowerBound : pages.lowerBound + 1
        let last = users[pages.upperBound - 1] == 0 ? pages.upperBound : pages.upperBound - 1
        return first * Self.size..<max(first, last) * Self.size
    }

    private func pages(of slot: Int32) -> Range<Int> {
        let start = Int(slot) * bytesPerSlot
        return start / Self.size..<(start + max(bytesPerSlot, 1) - 1) / Self.size + 1
    }
}
