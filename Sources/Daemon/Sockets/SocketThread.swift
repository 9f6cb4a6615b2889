package import Dispatch
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
        let opening = Gathered<Result<Opened, any Error>>(parts: 1)
        thread = WorkerThread(name: name) {
            let sockets: Sockets
            do {
                let result = try open()
                sockets = result.sockets
                opening.add([.success(result.opened)])
            } catch {
                return opening.add([.failure(error)])
            }
            do {
                try run(sockets)
            } catch let error as ZeroMQError where error.code == .contextTerminated {
            } catch {
                failed(error)
            }
        }
        opened = try opening.wait()[0].get()
    }

    /// Waits until the thread has ended. False if it has not by the deadline.
    @discardableResult
    package func join(until deadline: DispatchTime) -> Bool { thread.join(until: deadline) }
}
