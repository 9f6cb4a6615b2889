import DequeModule
import Tokenizer
import Wire

/// What an engine that had to end had not read.
package struct UnreadInput: Equatable, Sendable {
    /// Streams with requests in their queues, these requests, and the bytes of their texts that were
    /// not read. They were accepted: with a journal they are in it.
    package var streams = 0
    package var requests = 0
    package var bytes = 0
    /// Messages that were in no stream's queue yet: no journal has them, and they have no answer.
    package var messages = 0

    package init() {}

    static func + (left: UnreadInput, right: UnreadInput) -> UnreadInput {
        var sum = left
        sum.streams += right.streams
        sum.requests += right.requests
        sum.bytes += right.bytes
        sum.messages += right.messages
        return sum
    }
}

extension UnreadInput {
    /// Of streams in memory. Tokens that were not read count as bytes of their texts.
    init(of streams: some Sequence<StreamState>) {
        self.init()
        for stream in streams {
            guard let (requests, bytes) = stream.work?.unread, requests > 0 else { continue }
            self.streams += 1
            self.requests += requests
            self.bytes += bytes
        }
    }
}

extension StreamWork {
    fileprivate var unread: (requests: Int, bytes: Int) {
        var (requests, bytes) = (0, -position)
        for item in items {
            guard case .request(let request) = item.content else { continue }
            requests += 1
            bytes += request.text.count
        }
        for step in steps {
            switch step {
            case .token(let token): bytes += token.byteCount
            case .finished(let receipt): requests += receipt.place == nil ? 0 : 1
            case .leadIn, .messageEnd: break
            }
        }
        return (requests, max(0, bytes))
    }
}

extension EngineInput {
    var isMessage: Bool {
        if case .request = self { true } else { false }
    }
}
