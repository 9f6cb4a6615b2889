extension Duration {
    /// As people read it: `350 us`, `4.2 ms`, `1.5 s`.
    var asAmount: String {
        let microseconds = self / .microseconds(1)
        if microseconds < 1000 { return "\(Int(microseconds)) us" }
        let isShort = microseconds < 1_000_000
        let tenths = Int(microseconds / (isShort ? 100 : 100_000))
        return "\(tenths / 10).\(tenths % 10) \(isShort ? "ms" : "s")"
    }
}
