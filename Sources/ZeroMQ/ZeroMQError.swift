import CZeroMQ

/// A failed call of libzmq: the operation, the endpoint, the reason, and what to do about it.
package struct ZeroMQError: Error, Equatable {
    package enum Operation: Equatable, Sendable {
        case createContext
        case createSocket(SocketKind)
        /// With libzmq's name of the option.
        case setOption(String)
        case getOption(String)
        case bind, connect
        case subscribe, send, receive, poll, monitor
    }

    /// An errno, libzmq's own included.
    package struct Code: Error, Hashable, Sendable {
        package let errno: Int32

        package init(_ errno: Int32) { self.errno = errno }

        package static let addressInUse = Code(EADDRINUSE)
        package static let addressNotAvailable = Code(EADDRNOTAVAIL)
        package static let contextTerminated = Code(ETERM)
        package static let fileExists = Code(EEXIST)
        package static let hostUnreachable = Code(EHOSTUNREACH)
        package static let invalidArgument = Code(EINVAL)
        package static let messageTooLong = Code(EMSGSIZE)
        package static let noSuchDevice = Code(ENODEV)
        package static let noSuchFile = Code(ENOENT)
        package static let permissionDenied = Code(EACCES)
        package static let protocolNotSupported = Code(EPROTONOSUPPORT)
        package static let tooManySockets = Code(EMFILE)
        package static let wouldBlock = Code(EAGAIN)
    }

    package let operation: Operation
    package let endpoint: String?
    package let code: Code

    package init(_ operation: Operation, endpoint: String? = nil, code: Code) {
        self.operation = operation
        self.endpoint = endpoint
        self.code = code
    }

    /// Of the libzmq call just made in this thread.
    static func last(_ operation: Operation, endpoint: String? = nil) -> ZeroMQError {
        ZeroMQError(operation, endpoint: endpoint, code: Code(zmq_errno()))
    }
}
