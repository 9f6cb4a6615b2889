/// How a store is written.
package struct JournalOptions: Sendable {
    /// When every row and page is looked at.
    package enum Check: String, Sendable, CaseIterable {
        /// While the store is in use, where the last run did not end in order, and where the file is
        /// under 1 GiB.
        case automatic
        /// When it is opened.
        case always
        case never
    }

    /// How long what is over is kept. Both nil: forever.
    package struct Retention: Equatable, Sendable {
        /// Of a request, in seconds.
        package var maxAge: Double?
        /// Of the database file. What recovery needs is kept, even if that is more.
        package var maxBytes: Int?

        package init(maxAge: Double? = nil, maxBytes: Int? = nil) {
            self.maxAge = maxAge
            self.maxBytes = maxBytes
        }
    }

    /// Whether a commit is on the disk when `write` returns. If not, a power loss may take the last
    /// commits; the end of the process takes none.
    package var isDurable: Bool
    /// How many shards checkpoint their streams in sweeps.
    package var shards: Int
    package var check: Check
    package var retention: Retention
    /// The store's folder holds nothing else, so that it may be closed to others.
    package var hasOwnFolder = false
    /// Told of the progress of a check, from 0 to 1.
    package var progress: (@Sendable (Double) -> Void)?

    package init(
        isDurable: Bool = true, shards: Int = 1, check: Check = .automatic,
        retention: Retention = Retention(), progress: (@Sendable (Double) -> Void)? = nil
    ) {
        self.isDurable = isDurable
        self.shards = shards
        self.check = check
        self.retention = retention
        self.progress = progress
    }
}
