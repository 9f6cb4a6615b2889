package import Dispatch
import Synchronization
import Threads
import ZeroMQ

/// A thread that owns sockets: they are open when `init` returns, and closed when it has ended.
package final class SocketThread<Opened: Sendable>: Sendable {
    /// What `open` returned besides the sockets.
    package let opened: Opened
    private let thread: WorkerThread

    /// Starts the thread, opens its sockets there, and waits for that alone.
    ///
    /// - Parameters:
    ///   - open: makes the sockets; what it throws, `init` throws.
    ///   - run: works with them until it is to stop. What it throws goes to `failed`, except
    ///     for the end of the context, which ends a blocked call.
    package init<Sockets>(
        name: String,
        open: @escaping @Sendable () throws -> (sockets: Sockets, opened: Opened),
        run: @escaping @Sendable (Sockets) throws -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let opening = Opening<Opened>()
        thread = WorkerThread(name: name) {
            let sockets: Sockets
            do {
                let result = try open()
                sockets = result.sockets
                opening.end(.success(result.opened))
            } catch {
                return opening.end(.failure(error))
            }
            do {
                try run(sockets)
            } catch let error as ZeroMQError where error.code == .contextTerminated {
            } catch {
                failed(error)
            }
        }
        opened = try opening.wait()
    }

    /// Waits until the thread has ended. False if it has not by the deadline.
    @discardableResult
    package func join(until deadline: DispatchTime) -> Bool { thread.join(until: deadline) }
}

/// The result of opening the sockets, for the thread that waits for it.
private final class Opening<Opened: Sendable>: Sendable {
    private let result = Mutex<Result<Opened, any Error>?>(nil)
    private let ended = MonotonicSemaphore()

    func end(_ result: Result<Opened, any Error>) {
        self.result.withLock { $0 = result }
        ended.signal()
    }

    func wait() throws -> Opened {
        ended.wait()
        return try result.withLock { $0! }.get()
    }
}
