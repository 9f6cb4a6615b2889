package import Engine
import Journal
package import Model
package import Replay
package import Storage

/// A session as its store has it. Nothing is read before it is asked for.
package struct StoredHistory: History {
    package let session: Session

    package init(_ session: Session) { self.session = session }

    package var life: StreamIncarnation { session.life }
    private var store: JournalReader { session.store.reader }

    package var beginning: StreamSnapshot? {
        get throws { try session.beginning(of: .start).snapshot }
    }

    package func requests(from sequence: UInt64, limit: Int) throws -> [RequestRecord] {
        try store.requests(of: life.key, from: sequence, limit: limit)
    }

    package func outcome(of sequence: UInt64) throws -> OutcomeRecord? {
        try store.outcome(of: life.key, sequence: sequence)
    }

    /// The last state that is kept with no more than so many tokens of the life; nil if there is
    /// none but `beginning`.
    package func snapshot(atOrBeforeToken token: UInt64) throws -> StreamSnapshot? {
        // The store's numbers have a sign.
        let token = min(token, UInt64(Int64.max))
        return try store.checkpoint(of: life.key, atOrBeforeToken: token).map(session.snapshot)
    }

    /// Tokens of the life that have been read at a place.
    package func tokens(at place: SessionPlace) throws -> UInt64 {
        try session.player(at: place).progress.lifeTokens
    }

    /// The models that the session's requests were read by.
    package func model(_ fingerprint: Fingerprint) throws -> Model {
        try session.store.model(fingerprint.bytes)
    }
}
