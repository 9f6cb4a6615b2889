import Glibc
import Kernels

/// The states of many streams in one allocation: slot s begins at float `s *
/// layout.floatsPerStream`. Address space is reserved for all slots; the system provides memory as
/// slots are used.
///
/// `@safe`: the slab owns its memory until `deinit`; every slot, layer and vector is checked, and
/// views are lent to closures only.
@safe package struct StateSlab: ~Copyable {
    package let layout: StateLayout
    package let capacity: Int
    private let base: UnsafeMutablePointer<Float>
    private var pages: SlabPages

    /// All slots are zero.
    ///
    /// - Throws: `ModelError` with the code `outOfMemory` if the address space cannot be reserved.
    package init(layout: StateLayout, capacity: Int) throws(ModelError) {
        self.layout = layout
        self.capacity = capacity
        pages = SlabPages(bytesPerSlot: layout.bytesPerStream)
        let (bytes, overflow) = layout.bytesPerStream.multipliedReportingOverflow(by: capacity)
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard !overflow, capacity > 0,
            let memory = unsafe mmap(nil, max(bytes, 1), PROT_READ | PROT_WRITE, flags, -1, 0),
            unsafe memory != MAP_FAILED
        else {
            throw ModelError(
                .outOfMemory, file: "memory for states",
                found: "no room for \(capacity) of \(layout.bytesPerStream) bytes",
                expected: "fewer streams or a smaller model")
        }
        unsafe base = memory.bindMemory(to: Float.self, capacity: capacity * layout.floatsPerStream)
    }

    deinit { unsafe munmap(base, max(capacity * layout.bytesPerStream, 1)) }

    /// Unsafe: valid while the slab exists. `floatsPerStream` floats from here on are inside the
    /// slab.
    private func start(of slot: Int32) -> UnsafeMutablePointer<Float> {
        precondition((0..<capacity).contains(Int(slot)), "no such slot")
        return unsafe base + Int(slot) * layout.floatsPerStream
    }

    /// Marks the slot as used, until it is released as often.
    package mutating func use(slot: Int32) {
        precondition((0..<capacity).contains(Int(slot)), "no such slot")
        pages.use(slot)
    }

    /// Releases the slot. Memory that no used slot shares is returned to the system. The contents
    /// of the slot are then undefined.
    package mutating func release(slot: Int32) {
        let bytes = pages.release(slot)
        guard !bytes.isEmpty else { return }
        let start = unsafe UnsafeMutableRawPointer(base) + bytes.lowerBound
        let size = min(bytes.upperBound, capacity * layout.bytesPerStream) - bytes.lowerBound
        unsafe madvise(start, size, MADV_DONTNEED)
    }

    /// Zeroes the slot: the state of a new stream.
    package mutating func zero(slot: Int32) {
        unsafe start(of: slot).update(repeating: 0, count: layout.floatsPerStream)
    }

    /// The state without padding, `layout.valueCount` floats: h0, c0, h1, c1, …
    package func values(slot: Int32) -> [Float] {
        let start = unsafe start(of: slot)
        var values: [Float] = []
        values.reserveCapacity(layout.valueCount)
        for offset in stride(from: 0, to: layout.floatsPerStream, by: layout.paddedHiddenSize) {
            unsafe values.append(
                contentsOf: UnsafeBufferPointer(start: start + offset, count: layout.hiddenSize))
        }
        return values
    }

    /// Restores the result of `values(slot:)`: exactly `layout.valueCount` floats.
    package mutating func setValues(_ values: [Float], slot: Int32) {
        precondition(values.count == layout.valueCount, "a state of another layout")
        let start = unsafe start(of: slot)
        unsafe start.update(repeating: 0, count: layout.floatsPerStream)
        for (index, value) in values.enumerated() {
            let (vector, unit) = index.quotientAndRemainder(dividingBy: layout.hiddenSize)
            unsafe start[vector * layout.paddedHiddenSize + unit] = value
        }
    }

    /// Copies one slot over another.
    package mutating func copy(from source: Int32, to target: Int32) {
        unsafe start(of: target).update(from: start(of: source), count: layout.floatsPerStream)
    }

    /// Lends one vector of every state for reading; row s is slot s.
    func withRows<Result>(
        layer: Int, kind: StateLayout.Kind, _ body: (RowView) -> Result
    ) -> Result {
        unsafe body(rows(layer: layer, kind: kind))
    }

    /// Lends the vectors of one layer for a step; row s is slot s.
    mutating func withMutableRows(layer: Int, _ body: (LayerRows) -> Void) {
        let rows = unsafe LayerRows(
            h: rows(layer: layer, kind: .h),
            c: layout.hasCell ? rows(layer: layer, kind: .c) : nil)
        unsafe body(rows)
    }

    private func rows(layer: Int, kind: StateLayout.Kind) -> RowView {
        unsafe RowView(
            base: base + layout.offset(layer: layer, kind: kind),
            stride: layout.floatsPerStream, rowCount: capacity)
    }
}

/// The vectors of one layer. Only an LSTM has c.
@unsafe struct LayerRows {
    let h: RowView
    let c: RowView?
}
