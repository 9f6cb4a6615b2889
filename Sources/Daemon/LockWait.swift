import Dispatch
import Engine
import Journal
import Logging

/// Waits at the start while another program has the store locked: it may be a copy being taken.
struct LockWait {
    private let logger: Logger
    private let isPatient: Bool

    /// - Parameter isPatient: false to wait no longer than SQLite does.
    init(_ logger: Logger, isPatient: Bool) {
        self.logger = logger
        self.isPatient = isPatient
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
                pause.wait(until: .now() + 1.0)
            }
        }
    }
}
