import Glibc

/// Memory that has been freed and that the allocator keeps for itself.
enum FreeMemory {
    private typealias Trim = @convention(c) (Int) -> CInt

    /// glibc's own, which Swift does not import; nil with another C library.
    private static let trim: Trim? = {
        let symbol = unsafe dlsym(nil, "malloc_trim")
        return unsafe symbol.map { unsafe unsafeBitCast($0, to: Trim.self) }
    }()

    /// Returns whole pages of it to the system.
    static func giveBack() { _ = trim?(0) }
}
