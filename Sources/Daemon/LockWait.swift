import Dispatch
import Engine
import Journal
import Logging
import Threads

/// Waits at the start while another program has the store locked: it may be a copy being taken.
struct LockWait {
    private let logger: Logger
    private let isPatient: Bool
    private let tell: @Sendable (String) -> Void

    /// - Parameters:
    ///   - isPatient: false to wait no longer than SQLite does.
    ///   - tell: hears that it waits, at each try.
    init(_ logger: Logger, isPatient: Bool, tell: @escaping @Sendable (String) -> Void) {
        self.logger = logger
        self.isPatient = isPatient
        self.tell = tell
    }

    func wait<Result>(
        _ body: () throws(JournalError) -> Result
    ) throws(JournalError) -> Result {
        let pause = MonotonicSemaphore()
        var isWaiting = false
        while true {
            do throws(JournalError) {
                let result = try body()
                if isWaiting { logger.notice("the store is not locked any more") }
                return result
            } catch {
                guard isPatient, error.code == .locked else { throw error }
                if !isWaiting { logger.error("the start waits: \(error)") }
                isWaiting = true
                tell("waiting for the store, which is locked")
                pause.wait(until: .now() + 1.0)
            }
        }
    }
}
