/// Requests of all streams that follow each other in the log.
package struct StoragePage: Equatable, Sendable {
    package enum End: Equatable, Sendable {
        /// These were the last requests when the page was read.
        case caughtUp
        case more
    }

    package struct Entry: Equatable, Sendable {
        package let position: StoragePosition
        package let incarnation: StreamIncarnation
        /// Whether that incarnation is over.
        package let isEnded: Bool
        package let request: RequestRecord

        package init(
            position: StoragePosition, incarnation: StreamIncarnation, isEnded: Bool,
            request: RequestRecord
        ) {
            self.position = position
            self.incarnation = incarnation
            self.isEnded = isEnded
            self.request = request
        }
    }

    package let entries: [Entry]
    /// Where the next page begins.
    package let next: StoragePosition
    package let end: End

    package init(_ entries: [Entry], next: StoragePosition, end: End) {
        self.entries = entries
        self.next = next
        self.end = end
    }
}
