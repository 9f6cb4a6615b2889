/// The progress of publishing files, as one line.
package struct Progress: Sendable {
    package let totalByteCount: Int

    package init(totalByteCount: Int) { self.totalByteCount = totalByteCount }

    /// `12.3 MB of 45.0 MB  27%  1.2 MB/s  0:28 left`
    package func line(sentByteCount: Int, elapsed: Duration) -> String {
        let seconds = max(elapsed / .seconds(1), 1e-3)
        let rate = Double(sentByteCount) / seconds
        // A file may have grown.
        let total = max(totalByteCount, sentByteCount)
        let part = total == 0 ? 1 : Double(sentByteCount) / Double(total)
        var columns = [
            "\(Self.bytes(Double(sentByteCount))) of \(Self.bytes(Double(total)))",
            "\(Int(part * 100))%", "\(Self.bytes(rate))/s",
        ]
        if sentByteCount > 0, sentByteCount < total {
            columns.append("\(Self.clock(Double(total - sentByteCount) / rate)) left")
        }
        return columns.joined(separator: "  ")
    }

    package static func bytes(_ count: Double) -> String {
        var value = count
        for unit in ["B", "kB", "MB", "GB"] {
            if value < 999.5 { return unit == "B" ? "\(Int(value)) B" : "\(tenths(value)) \(unit)" }
            value /= 1000
        }
        return "\(tenths(value)) TB"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// `0:28`, `1:02:03`
    private static func clock(_ seconds: Double) -> String {
        let whole = Int(min(seconds.rounded(.up), 359_999))
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        let tail =
            "\(hours > 0 && minutes < 10 ? "0" : "")\(minutes):\(rest < 10 ? "0" : "")\(rest)"
        return hours > 0 ? "\(hours):\(tail)" : tail
    }
}
