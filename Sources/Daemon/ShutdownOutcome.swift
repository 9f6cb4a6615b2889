import Engine
import Logging

/// What each stage of the daemon finished before the shutdown deadline.
struct ShutdownOutcome: Sendable {
    var isReceived = true
    var isProcessed = true
    var isKept = true
    var isAnswered = true
    var isSent = true
    /// Accepted input that was not processed; nil if the compute threads did not end in time.
    var unread: UnreadInput?

    /// Warnings about the rest, for the log.
    ///
    /// - Parameter isKept: there is a journal, from which the next start recovers the rest.
    func warnings(isKept hasJournal: Bool) -> [(message: String, metadata: Logger.Metadata)] {
        var warnings: [(message: String, metadata: Logger.Metadata)] = []
        if !isProcessed { warnings += unreadWarnings(hasJournal) }
        if !isReceived || unread?.messages ?? 0 > 0 {
            warnings.append(
                (
                    "messages that were not accepted are dropped unanswered",
                    unread.map { ["messages": "\($0.messages)"] } ?? [:]
                ))
        }
        if !isKept {
            warnings.append(
                ("the store was not written completely: unanswered requests are dropped", [:]))
        }
        if !isAnswered { warnings.append(("answers that peers did not read are dropped", [:])) }
        if !isSent {
            warnings.append(
                (
                    "events that subscribers did not read are dropped; sequence numbers show it",
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
            ? "accepted text that was not processed is in the store, and the next start processes it"
            : "accepted text that was not processed is dropped"
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
