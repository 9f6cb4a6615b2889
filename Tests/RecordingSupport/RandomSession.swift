package import Engine
import TestSupport
import Wire

/// Random streams with random requests: texts whole and in pieces, flushes, resets, ends.
package struct RandomSession {
    package let requests: [[EngineInput]]

    package init(streams: Int, requests count: Int, textBytes: Int, seed: UInt64) {
        var random = SeededRandom(seed: seed)
        requests = (0..<streams).map { index in
            (0..<count).map { _ in
                Self.request("stream \(index)", textBytes: textBytes, &random)
            }
        }
    }

    private static func request(
        _ stream: String, textBytes: Int, _ random: inout SeededRandom
    ) -> EngineInput {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: .request(.operation(.flush, stream))
        case 1: .request(.operation(.reset, stream))
        case 2: .request(.operation(.end, stream))
        case 3: .refusal(try? StreamID(stream), Refusal(.header, "refused"))
        default: .request(text(stream, textBytes, &random))
        }
    }

    private static func text(
        _ stream: String, _ textBytes: Int, _ random: inout SeededRandom
    ) -> Request {
        var request = Request.text(stream, "", more: Bool.random(using: &random))
        let size = Int.random(in: 1...textBytes, using: &random)
        request.text =
            Int.random(in: 0..<5, using: &random) == 0 ? random.bytes(size) : random.text(size)
        return request
    }

    /// All requests, each stream's in its order, the streams interleaved at random.
    package func interleaved(seed: UInt64) -> [EngineInput] {
        var random = SeededRandom(seed: seed)
        var left = requests.map { $0[...] }
        var order: [EngineInput] = []
        var open = Array(left.indices)
        while let position = open.indices.randomElement(using: &random) {
            let stream = open[position]
            if let request = left[stream].popFirst() { order.append(request) }
            if left[stream].isEmpty { open.remove(at: position) }
        }
        return order
    }
}
