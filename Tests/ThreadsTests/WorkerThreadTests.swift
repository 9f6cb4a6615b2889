import Glibc
import Synchronization
import Testing
import Threads

@Suite struct WorkerThreadTests {
    /// The runtime prints a backtrace from a handler, which the kernel does not call while the
    /// signal is blocked.
    @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS])
    func aFaultReachesItsHandler(fault: Int32) {
        #expect(!isBlocked(fault))
    }

    /// They reach the thread that waits for them, and interrupt no call here.
    @Test(arguments: [SIGTERM, SIGINT, SIGHUP, SIGPIPE, SIGTTOU, SIGWINCH, SIGCHLD])
    func otherSignalsAreBlocked(signal: Int32) {
        #expect(isBlocked(signal))
    }

    @Test func aCrashOfAThreadCallsTheHandler() async {
        await #expect(processExitsWith: .exitCode(42)) {
            signal(SIGSEGV) { _ in _exit(42) }
            let thread = WorkerThread(name: "crash") {
                unsafe UnsafeMutablePointer<Int>(bitPattern: 8)!.pointee = 1
            }
            thread.join()
        }
    }

    private func isBlocked(_ signal: Int32) -> Bool {
        let isBlocked = Atomic(false)
        WorkerThread(name: "mask") {
            var blocked = sigset_t()
            unsafe pthread_sigmask(SIG_BLOCK, nil, &blocked)
            isBlocked.store(unsafe sigismember(&blocked, signal) == 1, ordering: .relaxed)
        }.join()
        return isBlocked.load(ordering: .relaxed)
    }
}
