import Dispatch
import Engine
import Logging
import Storage
import Threads

/// Waits at startup while another program has the store locked, such as one that copies it.
struct LockWait {
    let logger: Logger
    /// False to wait no longer than SQLite does.
    let isPatient: Bool
    /// Called at each try.
    let notify: @Sendable (String) -> Void

    func wait<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
        let pause = MonotonicSemaphore()
        var isWaiting = false
        while true {
            do throws(StorageError) {
                let result = try body()
                if isWaiting {
                    logger.event(.storeUnlocked, .notice, "the store is no longer locked")
                }
                return result
            } catch {
                guard isPatient, error.code == .locked else { throw error }
                if !isWaiting {
                    logger.event(.storeLocked, .error, "startup is waiting: \(error)")
                }
                isWaiting = true
                notify("waiting for the locked store")
                pause.wait(until: .now() + 1.0)
            }
        }
    }
}
