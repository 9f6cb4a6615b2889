import TestSupport

extension RawPeer {
    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Until there is this text, or the end.
    func receive(until text: String? = nil) -> String {
        var received: [UInt8] = []
        while true {
            let more = receive(text == nil ? 65_536 : 1)
            received += more
            let found = String(decoding: received, as: UTF8.self)
            if more.isEmpty || text.map({ found.hasSuffix($0) }) ?? false { return found }
        }
    }
}
