package import Dispatch
package import Engine
package import Model
package import Names
package import Storage
package import Threads
import Wire
package import ZeroMQ

/// The control socket, on a thread of its own: a ROUTER by which administrators inspect streams and
/// move them. By ipc, which only the daemon's user can connect to, everything is allowed; by TCP what
/// the client's key allows, or without encryption everything.
///
/// It never waits for a peer: a request that finds no room is answered `busy`, and an answer that
/// its peer does not read is dropped.
package final class ControlServer: Sendable {
    /// Where it listens, wildcards filled in.
    package var endpoints: [Endpoint] { thread.opened }
    package let pulse: Pulse
    private let inbox: ControlInbox
    private let changes: Mailbox<ControlChange>
    private let stop: StopSignal
    private let opener: SocketOpener
    private let place: ControlPlace?
    private let endpointFailed: @Sendable (ZeroMQError) -> Void
    private let thread: SocketThread<[Endpoint]>

    /// The parts of the daemon that requests are about.
    package struct Parts: Sendable {
        package var engine: Engine
        package var model: Model
        /// Read for lists only; nil where nothing is kept.
        package var store: (any Storage)?
        /// Nil where nothing is kept.
        package var backfill: BackfillService?
        package var status: @Sendable () -> DaemonStatus
        /// Known damage of a stream, besides what a list finds in the store.
        package var damage: @Sendable (Name) -> String?
        package var operation: Operation
        package var audit: AuditLog

        package init(
            engine: Engine, model: Model, store: (any Storage)?,
            backfill: BackfillService? = nil,
            status: @escaping @Sendable () -> DaemonStatus,
            damage: @escaping @Sendable (Name) -> String? = { _ in nil },
            operation: Operation = Operation(), audit: AuditLog
        ) {
            self.operation = operation
            self.engine = engine
            self.model = model
            self.store = store
            self.backfill = backfill
            self.status = status
            self.damage = damage
            self.audit = audit
        }
    }

    /// What operators change; nil where that is not there.
    package struct Operation: Sendable {
        package var reloader: Reloader?
        package var gate: Gate?
        package var lameDuck: LameDuck?

        package init(reloader: Reloader? = nil, gate: Gate? = nil, lameDuck: LameDuck? = nil) {
            self.reloader = reloader
            self.gate = gate
            self.lameDuck = lameDuck
        }
    }

    /// Opens the socket.
    ///
    /// - Parameters:
    ///   - place: where it listens when a reload finds no endpoint configured.
    ///   - endpointFailed: receives what fails while a reload takes effect.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    package init(
        _ bind: [Endpoint], _ parts: Parts, inbox: ControlInbox, opener: SocketOpener,
        place: ControlPlace? = nil,
        endpointFailed: @escaping @Sendable (ZeroMQError) -> Void = { _ in },
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let stop = StopSignal(waking: inbox.wake)
        let changes = Mailbox<ControlChange>(limit: .max, waking: inbox.wake)
        let pulse = Pulse("control") { inbox.wake.signal() }
        thread = try SocketThread(
            name: "control",
            open: {
                let socket = try ControlSocket(bind, opener: opener)
                return (socket, socket.endpoints)
            },
            run: { socket in
                var loop = ControlLoop(
                    socket, parts, inbox: inbox, changes: changes, stop: stop, pulse: pulse)
                try loop.run()
            }, failed: failed)
        self.inbox = inbox
        self.changes = changes
        self.stop = stop
        self.opener = opener
        self.place = place
        self.endpointFailed = endpointFailed
        self.pulse = pulse
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

/// New endpoints and limits, on the way to the control thread.
struct ControlChange: Sendable {
    let socket: SocketChange
    /// Receives what fails after all.
    let failed: @Sendable (ZeroMQError) -> Void
}

extension ControlServer: Reloadable {
    func prepare(_ change: Reload) throws(ReloadError) -> PreparedReload {
        guard
            change.old.control != change.new.control || change.old.limits != change.new.limits
        else { return .nothing }
        let new = try places(change.new.control)
        let socket = try opener.prepare(
            from: try places(change.old.control), to: new, ControlSocket.options,
            change.new.limits, for: .control)
        return PreparedReload { [self] in
            changes.send([ControlChange(socket: socket, failed: endpointFailed)], weight: 0)
        }
    }

    private func places(_ control: Configuration.Control) throws(ReloadError) -> SocketPlaces {
        if let bind = control.bind { return SocketPlaces(key: "control", bind: bind) }
        guard let place else { return SocketPlaces(key: "control", bind: []) }
        do throws(ControlPlaceError) { try place.prepare() } catch {
            throw ReloadError(problems: ["control.bind: \(error)"])
        }
        return SocketPlaces(key: "control", bind: [place.endpoint])
    }
}
