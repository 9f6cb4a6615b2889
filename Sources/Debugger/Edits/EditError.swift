/// An edit that does not fit the session.
package enum EditError: Error, Equatable, CustomStringConvertible {
    /// - Parameter count: the number of messages, where it is known.
    case noMessage(UInt64, epoch: UInt64, count: UInt64?)
    case noToken(UInt64)

    package var description: String {
        switch self {
        case .noMessage(let message, let epoch, let count):
            "epoch \(epoch) has no message \(message)"
                + (count.map { "; it has \($0), counted from 0" } ?? "")
        case .noToken(let token): "the edited stream has no token \(token)"
        }
    }
}
