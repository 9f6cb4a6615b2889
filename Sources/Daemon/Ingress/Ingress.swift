package import Dispatch
package import Engine
package import Threads
package import ZeroMQ

/// Receives on all input sockets, on threads of its own, and hands requests to the engine.
///
/// While the engine's queues are full it does not receive, so that the publishers' own queues fill
/// and, where their pattern allows it, they wait. The sockets of type router are
/// `AcknowledgedIngress`'s; those of the other types share one thread.
package final class Ingress: Sendable {
    /// Where it listens and connects, wildcards filled in.
    package let endpoints: [Endpoint]
    package let pulses: [Pulse]
    private let thread: SocketThread<[[Endpoint]]>?
    private let acknowledged: AcknowledgedIngress?
    private let changes: Mailbox<InputChange>
    private let stop: StopSignal
    private let opener: SocketOpener
    private let endpointFailed: @Sendable (ZeroMQError) -> Void

    /// Opens the sockets and begins to receive.
    ///
    /// - Parameter endpointFailed: receives what fails while a reload takes effect.
    /// - Throws: `ZeroMQError` of the first endpoint that cannot be bound or connected.
    package init(
        _ inputs: [Configuration.Input], opener: SocketOpener, engine: Engine,
        acknowledgements: AcknowledgementQueue,
        endpointFailed: @escaping @Sendable (ZeroMQError) -> Void = { _ in },
        failed: @escaping @Sendable (any Error) -> Void
    ) throws {
        let numbered = inputs.enumerated().map { (index: $0.offset, input: $0.element) }
        let routers = numbered.filter { $0.input.kind == .router }
        let others = numbered.filter { $0.input.kind != .router }
        let stop = try StopSignal()
        let changes = Mailbox<InputChange>(limit: .max, waking: stop.wake)
        let pulse = Pulse("ingress") { stop.wake.signal() }
        thread =
            others.isEmpty
            ? nil
            : try SocketThread(
                name: "ingress",
                open: { try InputSocket.open(others, opener) },
                run: { sockets in
                    let loop = ReceiveLoop(
                        sockets: sockets, engine: engine, changes: changes, stop: stop,
                        pulse: pulse)
                    try loop.run()
                }, failed: failed)
        acknowledged =
            routers.isEmpty
            ? nil
            : try AcknowledgedIngress(
                routers, opener: opener, engine: engine, acknowledgements: acknowledgements,
                failed: failed)
        self.changes = changes
        self.stop = stop
        self.opener = opener
        self.endpointFailed = endpointFailed
        pulses = (thread == nil ? [] : [pulse]) + (acknowledged?.pulses ?? [])
        endpoints = Self.inOrder(
            (others + routers).map(\.index),
            (thread?.opened ?? []) + (acknowledged?.endpoints ?? []))
    }

    /// In the order of the inputs, whichever thread opened them.
    private static func inOrder(_ inputs: [Int], _ endpoints: [[Endpoint]]) -> [Endpoint] {
        zip(inputs, endpoints).sorted { $0.0 < $1.0 }.flatMap(\.1)
    }

    /// Takes in what has arrived by now, and no more; closes the sockets that need not acknowledge
    /// it. False if that has not ended by the deadline.
    package func stopReceiving(by deadline: DispatchTime) -> Bool {
        stop.request()
        let isSubmitted = acknowledged?.stopReceiving(by: deadline) ?? true
        return (thread?.join(until: deadline) ?? true) && isSubmitted
    }

    /// Sends the acknowledgements that are there, after the last has been handed over, and closes
    /// their sockets. False if that has not ended by the deadline.
    package func close(by deadline: DispatchTime) -> Bool {
        acknowledged?.close(by: deadline) ?? true
    }
}

extension Ingress: Reloadable {
    func prepare(_ change: Reload) throws(ReloadError) -> PreparedReload {
        var changes: [InputChange] = []
        var problems: [String] = []
        for (index, (old, new)) in zip(change.old.inputs, change.new.inputs).enumerated()
        where old != new || change.old.limits != change.new.limits || new.serverKey != nil {
            do throws(ReloadError) {
                let socket = try opener.prepare(
                    from: old.places(index), to: new.places(index), new.socket, change.new.limits,
                    for: .publish)
                changes.append(
                    InputChange(index: index, input: new, socket: socket, failed: endpointFailed))
            } catch { problems += error.problems }
        }
        guard problems.isEmpty else { throw ReloadError(problems: problems) }
        return PreparedReload { [self, changes] in for change in changes { apply(change) } }
    }

    private func apply(_ change: InputChange) {
        if change.input.kind == .router {
            acknowledged?.apply(change)
        } else {
            changes.send([change], weight: 0)
        }
    }
}
