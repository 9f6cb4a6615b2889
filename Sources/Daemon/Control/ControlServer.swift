package import Dispatch
package import Engine
package import Model
package import Names
package import Storage
import Threads
import Wire
package import ZeroMQ

/// The control socket, on a thread of its own: a ROUTER by which administrators inspect streams and
/// move them. Every process that can connect may do so; by default only the daemon's user can.
///
/// It never waits for a peer: a request that finds no room is answered `busy`, and an answer that
/// its peer does not read is dropped.
package final class ControlServer: Sendable {
    /// Where it listens, wildcards filled in.
    package var endpoints: [Endpoint] { thread.opened }
    private let inbox: ControlInbox
    private let stop: StopSignal
    private let thread: SocketThread<[Endpoint]>

    /// The parts of the daemon that requests are about.
    package struct Parts: Sendable {
        package var engine: Engine
        package var model: Model
        /// Read for lists only; nil where nothing is kept.
        package var store: (any Storage)?
        package var status: @Sendable () -> DaemonStatus
        /// Known damage of a stream, besides what a list finds in the store.
        package var damage: @Sendable (Name) -> String?

        package init(
            engine: Engine, model: Model, store: (any Storage)?,
            status: @escaping @Sendable () -> DaemonStatus,
            damage: @escaping @Sendable (Name) -> String? = { _ in nil }
        ) {
            self.engine = engine
            self.model = model
            self.store = store
            self.status = status
            self.damage = damage
        }
    }

    /// Opens the socket.
    ///
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    package init(
        _ bind: [Endpoint], _ parts: Parts, inbox: ControlInbox, opener: SocketOpener,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let stop = StopSignal(waking: inbox.wake)
        thread = try SocketThread(
            name: "control",
            open: {
                let socket = try ControlSocket(bind, opener: opener)
                return (socket, socket.endpoints)
            },
            run: { socket in
                var loop = ControlLoop(socket, parts, inbox: inbox, stop: stop)
                try loop.run()
            }, failed: failed)
        self.inbox = inbox
        self.stop = stop
    }

    /// From now on every request is answered `stopping`.
    package func stopReceiving() { stop.request() }

    /// Sends the remaining answers and closes the socket. False if that has not ended by the
    /// deadline.
    package func close(by deadline: DispatchTime) -> Bool {
        inbox.close()
        return thread.join(until: deadline)
    }
}
