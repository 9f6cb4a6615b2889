import Metrics
import Synchronization
import Wire
import ZeroMQ

/// The limits on the messages of all inputs. The threads of inputs ask it for each batch that they have
/// received, so that a message takes no lock.
package final class IntakeLimits: Sendable {
    package let statistics = LimitStatistics()
    private let log: RefusalLog
    private let limiter: Mutex<IntakeLimiter>
    /// Whether any message is limited, whoever sent it.
    private let isActive: Atomic<Bool>
    /// Whether a number is awaited: that outlasts the limit that it was refused by.
    private let isAwaiting = Atomic<Bool>(false)

    package init(_ limits: Configuration.Limits, log: RefusalLog) {
        let rules = IntakeRules(limits)
        self.log = log
        limiter = Mutex(IntakeLimiter(rules))
        isActive = Atomic(!rules.isUnlimited)
    }

    /// Whether messages must be judged.
    ///
    /// - Parameter keysHaveLimits: the list of keys has limits of single keys.
    func applies(keysHaveLimits: Bool) -> Bool {
        keysHaveLimits || isActive.load(ordering: .relaxed) || isAwaiting.load(ordering: .relaxed)
    }

    /// Judges a batch in its order: nil for a message that is taken in. What is refused is counted and
    /// logged.
    ///
    /// - Parameter now: in nanoseconds of a monotonic clock.
    func refusals(
        of messages: [IntakeMessage], endpoint: String, now: Int64
    ) -> [IntakeRefusal?] {
        let refusals = limiter.withLock { limiter in
            defer { isAwaiting.store(limiter.isAwaiting, ordering: .relaxed) }
            return messages.map { limiter.refusal(of: $0, now: now) }
        }
        for (message, refusal) in zip(messages, refusals) {
            if let refusal { note(refusal, message, endpoint) }
        }
        return refusals
    }

    /// A stream has ended: its name is free. On any thread.
    func noteEnd(of stream: StreamID) { limiter.withLock { $0.noteEnd(of: stream) } }

    private func note(_ refusal: IntakeRefusal, _ message: IntakeMessage, _ endpoint: String) {
        statistics.limited.add(refusal.limit)
        message.connection?.noteRefusal()
        log.add(
            limit: refusal.limit.rawValue, stream: message.stream, key: message.key?.name,
            peer: message.connection?.peer
        ) { refusal.refusal(of: message, endpoint: endpoint) }
    }
}

extension IntakeLimits: Reloadable {
    func prepare(_ change: Reload) -> PreparedReload {
        let rules = IntakeRules(change.new.limits)
        return PreparedReload { [self] in
            limiter.withLock { $0.rules = rules }
            isActive.store(!rules.isUnlimited, ordering: .relaxed)
        }
    }
}
