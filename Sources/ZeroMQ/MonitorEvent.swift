import CZeroMQ

/// An event of a socket's connections (tcp and ipc; inproc has none).
package struct MonitorEvent: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        /// No answer; the next attempt comes after this time.
        case connectRetried(after: Duration)
        case handshakeSucceeded
        case handshakeFailed(HandshakeFailure)
        case closed
        case disconnected
        /// By libzmq's number.
        case other(UInt16)
    }

    package enum HandshakeFailure: Equatable, Sendable {
        case connection(ZeroMQError.Code)
        /// One of ZMQ_PROTOCOL_ERROR_*: the peer does not speak ZMTP as expected.
        case `protocol`(UInt32)
        /// One side encrypts and the other does not.
        case mechanism
        /// The ZAP status: 300, 400 or 500.
        case authentication(UInt32)
    }

    package let kind: Kind
    /// Where it happened: our own endpoint, as libzmq writes it.
    package let endpoint: String
}

extension MonitorEvent.Kind {
    /// From the event's number and value: zmq_socket_monitor(3).
    init(event: UInt16, value: UInt32) {
        let code = ZeroMQError.Code(Int32(truncatingIfNeeded: value))
        self =
            switch Int32(event) {
            case ZMQ_EVENT_CONNECT_RETRIED: .connectRetried(after: .milliseconds(Int64(value)))
            case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: .handshakeSucceeded
            case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: .handshakeFailed(.connection(code))
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL
            where value == UInt32(ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH):
                .handshakeFailed(.mechanism)
            case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: .handshakeFailed(.protocol(value))
            case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: .handshakeFailed(.authentication(value))
            case ZMQ_EVENT_CLOSED: .closed
            case ZMQ_EVENT_DISCONNECTED: .disconnected
            default: .other(event)
            }
    }
}
