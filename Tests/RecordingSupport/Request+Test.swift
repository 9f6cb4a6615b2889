package import Wire

extension Request {
    package static func text(_ stream: String, _ text: String, more: Bool = false) -> Request {
        Request(stream: try! StreamID(stream), text: Array(text.utf8), more: more)
    }

    package static func operation(_ operation: Operation, _ stream: String) -> Request {
        Request(stream: try! StreamID(stream), operation: operation)
    }
}
