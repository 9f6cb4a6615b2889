extension Int {
    /// Of bytes, as people read it: `1.5 GB`.
    var asBytes: String {
        var (value, unit) = (Double(self), "B")
        for larger in ["kB", "MB", "GB", "TB"] where value >= 1000 {
            (value, unit) = (value / 1000, larger)
        }
        let tenths = Int(value * 10)
        return unit == "B" || tenths >= 1000
            ? "\(Int(value)) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
