extension Duration {
    /// As libzmq's options take them: 24 days mean forever.
    var optionMilliseconds: Int { min(milliseconds, Int(Int32.max)) }

    /// Whole milliseconds, rounded up so that no wait becomes a spin; saturates.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        let (whole, overflow) = Int(seconds).multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let part = (attoseconds + (attoseconds > 0 ? 999_999_999_999_999 : 0))
        return whole + Int(part / 1_000_000_000_000_000)
    }
}
