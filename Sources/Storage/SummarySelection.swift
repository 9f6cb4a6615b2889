/// Which summaries are asked for.
package struct SummarySelection: Sendable {
    /// What their names begin with.
    package var prefix: String
    /// The last one of the page before.
    package var after: StreamIncarnation?
    package var limit: Int
    /// Also incarnations that are over.
    package var includesEnded: Bool

    package init(
        prefix: String = "", after: StreamIncarnation? = nil, limit: Int = .max,
        includesEnded: Bool = true
    ) {
        self.prefix = prefix
        self.after = after
        self.limit = limit
        self.includesEnded = includesEnded
    }
}
