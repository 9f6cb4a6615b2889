package import Engine
import Journal
package import Storage

/// A life, or a part of one, as a list of requests.
package struct ListedHistory: History {
    package let life: StreamIncarnation
    package let beginning: StreamSnapshot?
    private let requests: [RequestRecord]

    /// - Parameter requests: of rising sequences, from the beginning's on.
    package init(
        _ life: StreamIncarnation, beginning: StreamSnapshot? = nil, requests: [RequestRecord]
    ) {
        self.life = life
        self.beginning = beginning
        self.requests = requests
    }

    package func requests(from sequence: UInt64, limit: Int) -> [RequestRecord] {
        let first = requests.firstIndex { $0.sequence >= sequence } ?? requests.endIndex
        return Array(requests[first...].prefix(limit))
    }

    /// Not known of a list.
    package func outcome(of sequence: UInt64) -> OutcomeRecord? { nil }
}
