package import Wire

/// What goes into the engine: a request, or the news that an input was refused.
package enum EngineInput: Sendable {
    case request(Request)
    /// Of a stream that could be named, or of none.
    case refusal(StreamID?, Refusal)

    /// Bytes that it counts for while it waits.
    package var weight: Int {
        switch self {
        case .request(let request): request.text.count + Self.overhead
        case .refusal: Self.overhead
        }
    }

    private static let overhead = 128
}
