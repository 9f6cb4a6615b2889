import Wire

/// The input of many streams: each a pair of messages, of few enough pairs that all can be tried.
struct StreamsMessages: Sendable {
    private let firsts: [[UInt8]]
    private let seconds: [[UInt8]]

    /// Most messages of each kind.
    private static let most = 24

    init(text: String, words: Int) {
        let messages = Array(BenchText.messages(of: text, words: words).prefix(2 * Self.most))
        firsts = Array(messages.prefix((messages.count + 1) / 2))
        seconds = messages.count > 1 ? Array(messages.suffix(messages.count / 2)) : messages
    }

    var pairCount: Int { firsts.count * seconds.count }

    /// Of a stream, from 0 to `pairCount`.
    func pair(of stream: Int) -> Int { stream % pairCount }

    func first(of stream: Int) throws -> Request {
        Request(stream: try name(of: stream), text: firsts[pair(of: stream) % firsts.count])
    }

    func second(of stream: Int) throws -> Request {
        Request(stream: try name(of: stream), text: seconds[pair(of: stream) / firsts.count])
    }

    func name(of stream: Int) throws -> StreamID { try StreamID("stream-\(stream)") }
}
