import Wire

/// Who sent a control request, and what he may ask for.
struct ControlSender {
    /// His key; nil for a client of an endpoint that is not encrypted.
    var key: AccessKey?
    /// The key was revoked after the request was sent.
    var isRevoked = false
    /// `127.0.0.1:40000`, or `process 17, user 0`; nil if it is not known.
    var peer: String?

    /// - Throws: `ControlRefusal` if he may not ask for this.
    func check(_ operation: ControlRequest.Operation) throws(ControlRefusal) {
        guard !isRevoked else { throw .notAllowed("the key was revoked") }
        guard let key else { return }
        let (rights, stream) = operation.authority
        guard rights.contains(where: key.has) else {
            let names = rights.map { "'\($0.rawValue)'" }.joined(separator: " or ")
            throw .notAllowed(
                "the key '\(key.name)' has no right \(names), which \(operation.name) needs")
        }
        if let stream { try check(stream) }
    }

    func check(_ stream: StreamID) throws(ControlRefusal) {
        guard let key, !key.allows(stream) else { return }
        throw .notAllowed("the key '\(key.name)' is not for the stream '\(stream.text)'")
    }

    /// The part of a list that he may see: where his key is for one prefix, that.
    func narrowed(_ list: ControlList) throws(ControlRefusal) -> ControlList {
        guard let key, let prefixes = key.prefixes, !key.allows(Array(list.prefix.utf8)) else {
            return list
        }
        let within = prefixes.filter { $0.utf8.starts(with: list.prefix.utf8) }
        guard within.count == 1 else {
            throw .notAllowed(
                "the key '\(key.name)' is for streams that begin with "
                    + prefixes.map { "'\($0)'" }.joined(separator: ", ")
                    + "; expected one of these as the prefix")
        }
        var list = list
        list.prefix = within[0]
        return list
    }
}

extension ControlRefusal {
    static func notAllowed(_ reason: String) -> ControlRefusal {
        ControlRefusal(Refusal.Code.notAllowed.rawValue, reason)
    }
}
