import Synchronization
import Threads

/// The recovery that `Engine.recover` waits for. It may be ended from another thread.
final class RunningRecovery: Sendable {
    private let state = Mutex<(countdown: Countdown?, isGivenUp: Bool)>((nil, false))

    func begin(_ countdown: Countdown) {
        let isGivenUp = state.withLock { state in
            state.countdown = countdown
            return state.isGivenUp
        }
        if isGivenUp { countdown.giveUp() }
    }

    /// Ends it before all streams are read.
    func giveUp() {
        let countdown = state.withLock { state in
            state.isGivenUp = true
            return state.countdown
        }
        countdown?.giveUp()
    }
}
