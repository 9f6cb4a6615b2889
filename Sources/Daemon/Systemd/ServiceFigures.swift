import Glibc

/// What a daemon does, in the figures that `systemctl status` shows.
package struct ServiceFigures: Sendable, Equatable {
    /// In memory.
    package var streams: Int
    /// Read since the start.
    package var tokens: Int
    /// Open at bound endpoints.
    package var connections: Int
    /// Of the database and its log; nil where nothing is kept.
    package var storeBytes: Int?

    package init(streams: Int, tokens: Int, connections: Int, storeBytes: Int?) {
        self.streams = streams
        self.tokens = tokens
        self.connections = connections
        self.storeBytes = storeBytes
    }

    /// Of a store's database and log.
    static func bytes(ofStore path: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            var status = stat()
            return unsafe stat(path + suffix, &status) == 0 ? sum + Int(status.st_size) : sum
        }
    }

    /// - Parameters:
    ///   - earlier: the figures of `seconds` ago; nil where there are none.
    ///   - work: what is done beside serving; empty for none.
    package func text(since earlier: Self?, seconds: Double, work: String) -> String {
        var parts = ["streams \(streams)"]
        if let earlier, seconds > 0 {
            parts.append("tokens/s \(Int(Double(tokens - earlier.tokens) / seconds))")
        }
        parts.append("connections \(connections)")
        if let storeBytes { parts.append("store \(Self.size(storeBytes))") }
        return "serving: \(parts.joined(separator: ", "))" + (work.isEmpty ? "" : "; \(work)")
    }

    private static func size(_ bytes: Int) -> String {
        var (value, unit) = (Double(bytes), "B")
        for larger in ["kB", "MB", "GB", "TB"] where value >= 1000 {
            (value, unit) = (value / 1000, larger)
        }
        let tenths = Int(value * 10)
        return unit == "B" || tenths >= 1000
            ? "\(Int(value)) \(unit)" : "\(tenths / 10).\(tenths % 10) \(unit)"
    }
}
