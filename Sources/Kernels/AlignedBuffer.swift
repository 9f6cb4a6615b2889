internal import Glibc

/// The owner of zeroed floats, aligned to 64 bytes. Large buffers use huge pages if the system has
/// them.
///
/// `@unchecked Sendable`: the buffer is the only owner of its memory, and writes need exclusive
/// access.
@safe package struct AlignedBuffer: ~Copyable, @unchecked Sendable {
    package let count: Int
    private let base: UnsafeMutablePointer<Float>

    private static let hugePage = 2 << 20

    package init(count: Int) {
        let bytes = max(count, 1) * MemoryLayout<Float>.stride
        let alignment = bytes >= Self.hugePage / 4 ? Self.hugePage : 64
        let rounded = (bytes + alignment - 1) / alignment * alignment
        guard let memory = unsafe aligned_alloc(alignment, rounded) else {
            preconditionFailure("out of memory: \(rounded) bytes for kernels")
        }
        if alignment == Self.hugePage { unsafe madvise(memory, rounded, MADV_HUGEPAGE) }
        unsafe memset(memory, 0, rounded)
        self.count = count
        unsafe base = memory.bindMemory(to: Float.self, capacity: count)
    }

    deinit { unsafe free(base) }

    /// The memory. Unsafe: it is valid while the buffer exists, so only a scoped method of the
    /// buffer's owner may hand it to a closure.
    @unsafe var pointer: UnsafeMutablePointer<Float> { mutating get { unsafe base } }

    package borrowing func withUnsafePointer<Result, Failure: Error>(
        _ body: (UnsafePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(base)
    }

    package mutating func withUnsafeMutablePointer<Result, Failure: Error>(
        _ body: (UnsafeMutablePointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(base)
    }
}
