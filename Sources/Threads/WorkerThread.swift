package import Dispatch
import Glibc
import Synchronization

/// A thread for sockets, which must stay on one thread, and for compute.
///
/// It blocks signals, so that they reach the thread that waits for them and interrupt no call. Its
/// own faults stay unblocked: the kernel ends a process at a blocked one without calling its
/// handler, and the runtime's handler is what prints a backtrace.
package final class WorkerThread: Sendable {
    private let ended = MonotonicSemaphore()

    /// Starts the thread.
    package init(name: String, _ body: @escaping @Sendable () -> Void) {
        let ended = ended
        let start = Start {
            Self.blockSignals()
            Self.setName(name)
            body()
            ended.signal()
        }
        var thread = pthread_t()
        // The new thread takes over the reference that is retained here.
        let status = unsafe pthread_create(
            &thread, nil,
            { argument in
                unsafe Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, Unmanaged.passRetained(start).toOpaque())
        precondition(status == 0, "no thread could be started: \(status)")
        pthread_detach(thread)
    }

    /// Waits until the body has returned. False if it has not by the deadline.
    @discardableResult
    package func join(until deadline: DispatchTime = .distantFuture) -> Bool {
        guard ended.wait(until: deadline) else { return false }
        ended.signal()
        return true
    }

    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// What `top -H` shows: 15 bytes at most.
    private static func setName(_ name: String) {
        guard let file = unsafe fopen("/proc/thread-self/comm", "w") else { return }
        unsafe fputs(String(name.prefix(15)), file)
        unsafe fclose(file)
    }

    private static let faults = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS]

    private static func blockSignals() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in faults { unsafe sigdelset(&signals, fault) }
        unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
    }
}
