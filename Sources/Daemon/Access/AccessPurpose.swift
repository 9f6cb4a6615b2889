/// What a socket is for: it decides which right its clients need.
package enum AccessPurpose: Sendable {
    case publish
    case subscribe
    /// To be sent all events, without subscriptions.
    case receiveAll
    case control
}

extension AccessPurpose {
    /// What a client with the key is refused for; nil if nothing is missing.
    func missing(in key: AccessKey) -> String? {
        switch self {
        case .publish: key.has(.publish) ? nil : "has no right to publish"
        case .subscribe: key.has(.subscribe) ? nil : "has no right to subscribe"
        case .receiveAll:
            if !key.has(.subscribe) {
                "has no right to subscribe"
            } else if key.prefixes != nil {
                "is for some streams only, and this output sends those of all streams"
            } else {
                nil
            }
        case .control:
            key.has(.control) || key.has(.admin) || key.has(.subscribe)
                ? nil : "has none of the rights: control, admin, subscribe"
        }
    }
}

extension AccessPurpose {
    /// Of the clients of an output.
    init(_ kind: Configuration.Output.Kind) {
        self =
            switch kind {
            case .xpub: .subscribe
            case .push: .receiveAll
            }
    }
}
