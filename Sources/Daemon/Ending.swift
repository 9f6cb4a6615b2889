import Engine
import Logging

/// How far each stage of the daemon came before its time to stop was over.
struct Ending: Sendable {
    var isReceived = true
    var isRead = true
    var isKept = true
    var isAnswered = true
    var isSent = true
    /// What was taken in and not read; nil if the compute threads could not be asked.
    var unread: UnreadInput?

    /// What became of the rest, for the log.
    ///
    /// - Parameter isKept: there is a journal, from which a start reads again what was not read.
    func warnings(isKept hasJournal: Bool) -> [(message: String, metadata: Logger.Metadata)] {
        var warnings: [(message: String, metadata: Logger.Metadata)] = []
        if !isRead { warnings += unreadWarnings(hasJournal) }
        if !isReceived || unread?.messages ?? 0 > 0 {
            warnings.append(
                (
                    "messages that were not taken in have no answer and are dropped",
                    unread.map { ["messages": "\($0.messages)"] } ?? [:]
                ))
        }
        if !isKept {
            warnings.append(
                ("the store was not written to the end: what has no answer is dropped", [:]))
        }
        if !isAnswered { warnings.append(("answers that peers did not take are dropped", [:])) }
        if !isSent {
            warnings.append(
                (
                    "events that readers did not take are dropped, which their sequence numbers show",
                    [:]
                ))
        }
        return warnings
    }

    private func unreadWarnings(
        _ hasJournal: Bool
    ) -> [(message: String, metadata: Logger.Metadata)] {
        let fate =
            hasJournal
            ? "text that was accepted and not read is in the store, and the next start reads it"
            : "text that was accepted and not read is dropped"
        guard let unread else { return [(fate, [:])] }
        guard unread.requests > 0 else { return [] }
        return [
            (
                fate,
                [
                    "streams": "\(unread.streams)", "requests": "\(unread.requests)",
                    "bytes": "\(unread.bytes)",
                ]
            )
        ]
    }
}
