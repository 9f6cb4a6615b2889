import Dispatch
import Engine
import Logging
import Storage
import Threads

/// Waits at startup while another program has the store locked, such as one that copies it.
struct LockWait {
    private let logger: Logger
    private let isPatient: Bool
    private let notify: @Sendable (String) -> Void

    /// - Parameters:
    ///   - isPatient: false to wait no longer than SQLite does.
    ///   - notify: called at each try.
    init(_ logger: Logger, isPatient: Bool, notify: @escaping @Sendable (String) -> Void) {
        self.logger = logger
        self.isPatient = isPatient
        self.notify = notify
    }

    func wait<Result>(_ body: () throws(StorageError) -> Result) throws(StorageError) -> Result {
        let pause = MonotonicSemaphore()
        var isWaiting = false
        while true {
            do throws(StorageError) {
                let result = try body()
                if isWaiting { logger.notice("the store is no longer locked") }
                return result
            } catch {
                guard isPatient, error.code == .locked else { throw error }
                if !isWaiting { logger.error("startup is waiting: \(error)") }
                isWaiting = true
                notify("waiting for the locked store")
                pause.wait(until: .now() + 1.0)
            }
        }
    }
}
