import Engine
import Storage
package import Wire

/// The requests of a session that publishers sent, in order, read some at a time.
package struct PublicRequests {
    private var feed: RequestFeed
    /// Requests of the daemon and of administrators, which are not sent again.
    package private(set) var skipped: [Request.Operation: Int] = [:]

    package init(_ session: Session, from sequence: UInt64 = 0) {
        feed = RequestFeed(session, from: sequence)
    }

    package mutating func next() throws -> SessionRequest? {
        while let request = try feed.take() {
            if request.record.operation.isPublic { return request }
            skipped[request.record.operation, default: 0] += 1
        }
        return nil
    }
}
