import Foundation

/// The durabilities of a daemon's journal, by the names that its configuration has for them.
package enum BenchDurability: String, CaseIterable, Sendable {
    case commit, relaxed, off

    /// Of a daemon that logs its counters once a second.
    func configuration(store: URL) -> String {
        let path = store.path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return """
            [control]
            bind = []

            [log]
            statistics_every = "1s"

            [journal]
            durability = "\(rawValue)"
            path = "\(path)"

            """
    }
}
