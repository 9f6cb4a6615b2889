import CZeroMQ

/// The socket patterns that the daemon and its clients use.
package enum SocketKind: Sendable, CaseIterable {
    case pair, pub, sub, xpub, xsub, push, pull, req, dealer, router

    var rawValue: Int32 {
        switch self {
        case .pair: ZMQ_PAIR
        case .pub: ZMQ_PUB
        case .sub: ZMQ_SUB
        case .xpub: ZMQ_XPUB
        case .xsub: ZMQ_XSUB
        case .push: ZMQ_PUSH
        case .pull: ZMQ_PULL
        case .req: ZMQ_REQ
        case .dealer: ZMQ_DEALER
        case .router: ZMQ_ROUTER
        }
    }

    /// Whether it sends to every matching subscriber.
    var isPublisher: Bool { self == .pub || self == .xpub }
}
