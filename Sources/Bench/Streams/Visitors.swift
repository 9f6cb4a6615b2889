import Client
import Dispatch
import Engine
import Synchronization
import Wire

/// Inspects streams after their second message and compares them with the expected state.
final class Visitors: Sendable {
    private struct Seen {
        var states: [Int: StreamSnapshot.State] = [:]
        var count = 0
        var exact = 0
        var firstDifference: String?
    }

    private let messages: StreamsMessages
    /// By pair of messages; empty while they are found out.
    private let expected: [Int: StreamSnapshot.State]
    private let state = Mutex(Seen())

    init(_ messages: StreamsMessages, expected: [Int: StreamSnapshot.State]) {
        (self.messages, self.expected) = (messages, expected)
    }

    /// The states that were seen, by pair of messages.
    var seen: [Int: StreamSnapshot.State] { state.withLock { $0.states } }

    /// Once the stream has read all that came for it before.
    func look(at stream: Int, in engine: StoredEngine) throws {
        let pair = messages.pair(of: stream)
        let isFindingOut = expected.isEmpty
        try engine.submit([
            .snapshot(try messages.name(of: stream)) { [self] snapshot in
                let found = (try? snapshot.get()).map { Self.comparable($0.state) }
                state.withLock { seen in
                    seen.count += 1
                    if isFindingOut {
                        seen.states[pair] = found
                        return
                    }
                    if found != nil, found == expected[pair] {
                        seen.exact += 1
                        return
                    }
                    seen.firstDifference =
                        seen.firstDifference ?? Self.difference(stream, found, expected[pair])
                }
                engine.countReply()
            }
        ])
    }

    /// How often a stream came and went is counted among its `stream` events.
    private static func comparable(_ state: StreamSnapshot.State) -> StreamSnapshot.State {
        var state = state
        state.streamEvents = 0
        return state
    }

    private static func difference(
        _ stream: Int, _ found: StreamSnapshot.State?, _ expected: StreamSnapshot.State?
    ) -> String {
        func text(_ state: StreamSnapshot.State?) -> String {
            state.map {
                "\($0.messages) messages, \($0.tokens) tokens, \($0.offset) bytes, h and c "
                    + "beginning with \($0.values.prefix(3))"
            } ?? "no such stream"
        }
        return "stream-\(stream): \(text(found)); expected \(text(expected))"
    }

    /// - Throws: `Interrupted`, and what stopped the engine.
    func wait(for count: Int, _ engine: StoredEngine, _ interruption: Interruption) throws {
        while state.withLock({ $0.count }) < count {
            try interruption.check()
            try engine.waitForReply()
        }
    }

    func outcome(resumed: Int) -> StreamsMeasurement.Outcome {
        state.withLock {
            StreamsMeasurement.Outcome(
                revisited: $0.count, resumed: resumed, exact: $0.exact,
                firstDifference: $0.firstDifference)
        }
    }
}
