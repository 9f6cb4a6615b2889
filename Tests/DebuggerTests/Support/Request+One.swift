import Wire

extension Request {
    static func text(_ text: String, of stream: String = "s", more: Bool = false) -> Request {
        Request(stream: try! StreamID(stream), text: Array(text.utf8), more: more)
    }

    static func operation(_ operation: Operation, of stream: String = "s") -> Request {
        Request(stream: try! StreamID(stream), operation: operation)
    }
}
