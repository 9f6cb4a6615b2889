package import Dispatch
package import Engine
package import Model
package import Names
import Synchronization
package import Wire
package import ZeroMQ

/// The control socket, on a thread of its own: a ROUTER by which administrators look at streams and
/// move them. Whoever can reach it may do so, which by default is the daemon's user alone.
///
/// It waits for nobody: a request that finds no room is answered `busy`, and an answer that its
/// asker does not read is dropped.
package final class Control: Sendable {
    /// Where it listens, wildcards filled in.
    package let endpoints: [Endpoint]
    private let findings: ControlFindings
    private let isStopping: StopFlag
    private let thread: SocketThread

    /// What it asks whom.
    package struct Parts: Sendable {
        package var engine: Engine
        package var model: Model
        /// The store, if there is one; nothing is read there but for lists.
        package var store: String?
        package var status: @Sendable () -> DaemonStatus
        /// What is known to be damaged of a stream in the store beside what a list reads there.
        package var damage: @Sendable (Name) -> String?

        package init(
            engine: Engine, model: Model, store: String?,
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
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be had.
    package init(
        _ bind: [Endpoint], _ parts: Parts, findings: ControlFindings,
        context: Context, doors: Doors = Doors(),
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let opened = Mutex<[Endpoint]>([])
        let isStopping = StopFlag()
        thread = try SocketThread(
            name: "control",
            open: {
                let socket = try ControlSocket(bind, context: context, doors: doors)
                opened.withLock { $0 = socket.endpoints }
                return socket
            },
            run: { socket in
                var loop = ControlLoop(socket, parts, findings: findings, isStopping: isStopping)
                try loop.run()
            }, failed: failed)
        self.findings = findings
        self.isStopping = isStopping
        endpoints = opened.withLock { $0 }
    }

    /// From now on every request is answered `stopping`.
    package func stopReceiving() { isStopping.set() }

    /// Sends the answers that are there, and closes the socket. False if it is still at it.
    package func close(by deadline: DispatchTime) -> Bool {
        findings.close()
        return thread.join(until: deadline)
    }
}

/// Said once, by any thread.
final class StopFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    var isSet: Bool { flag.load(ordering: .acquiring) }
    func set() { flag.store(true, ordering: .releasing) }
}
