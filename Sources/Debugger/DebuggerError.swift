/// An error that prevents stepping through a session.
package enum DebuggerError: Error, Equatable, CustomStringConvertible {
    case empty
    case incomplete(requests: UInt64)

    package var description: String {
        switch self {
        case .empty: "there is nothing to step through: no request of this stream is stored"
        case .incomplete(let requests):
            "its first \(requests) requests are no longer stored; another model can read a stream "
                + "only from its beginning"
        }
    }
}
