/// A bounded cache of Boolean answers. A new answer replaces an older one in the same slot.
struct BooleanMemo {
    /// `(key + 1) << 1 | answer`, or 0.
    private var slots: [UInt64]
    private let shift: UInt64

    init(bits: Int) {
        slots = Array(repeating: 0, count: 1 << bits)
        shift = UInt64(64 - bits)
    }

    /// Keys are below 2^62.
    subscript(key: UInt64) -> Bool? {
        get {
            let entry = slots[slot(of: key)]
            return entry >> 1 == key + 1 ? entry & 1 == 1 : nil
        }
        set {
            guard let newValue else { return }
            slots[slot(of: key)] = (key + 1) << 1 | (newValue ? 1 : 0)
        }
    }

    private func slot(of key: UInt64) -> Int {
        Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
    }
}
