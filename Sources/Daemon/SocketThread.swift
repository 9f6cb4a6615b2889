package import Dispatch
import Engine
import Synchronization
import Threads
import ZeroMQ

/// A thread that owns sockets: they are open when `init` returns, and closed when it has ended.
package final class SocketThread: Sendable {
    private let thread: WorkerThread

    /// Starts the thread, opens its sockets there, and waits for that alone.
    ///
    /// - Parameters:
    ///   - open: makes the sockets; what it throws, `init` throws.
    ///   - run: works with them until it is told to stop. What it throws goes to `failed`, but for
    ///     the end of the context, which is how a blocked call is told to stop.
    package init<Sockets>(
        name: String, open: @escaping @Sendable () throws -> Sockets,
        run: @escaping @Sendable (Sockets) throws -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let opening = Opening()
        thread = WorkerThread(name: name) {
            let sockets: Sockets
            do {
                sockets = try open()
            } catch {
                return opening.end(error)
            }
            opening.end(nil)
            do {
                try run(sockets)
            } catch let error as ZeroMQError where error.code == .contextTerminated {
            } catch {
                failed(error)
            }
        }
        if let error = opening.wait() { throw error }
    }

    /// Waits until the thread has ended. False if it has not by the deadline.
    @discardableResult
    package func join(until deadline: DispatchTime) -> Bool { thread.join(until: deadline) }

    /// Tells the starter how opening the sockets went.
    private final class Opening: Sendable {
        private let error = Mutex<(any Error)?>(nil)
        private let ended = MonotonicSemaphore()

        func end(_ error: (any Error)?) {
            self.error.withLock { $0 = error }
            ended.signal()
        }

        func wait() -> (any Error)? {
            ended.wait()
            return error.withLock { $0 }
        }
    }
}
