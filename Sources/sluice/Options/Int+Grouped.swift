extension Int {
    /// `1,234,567`
    var grouped: String {
        var digits = Array("\(self)".reversed())
        for index in stride(from: 3, to: digits.count, by: 3).reversed() where digits[index] != "-"
        {
            digits.insert(",", at: index)
        }
        return String(digits.reversed())
    }
}
