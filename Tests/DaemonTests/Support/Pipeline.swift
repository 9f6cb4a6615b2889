import Daemon
import Dispatch
import Engine
import Glibc
import Metrics
import Model
import Synchronization
import Testing
import Threads
import Wire
import ZeroMQ

/// Ingress, engine and egresses as the daemon joins them, in a context that the test shares, so that
/// inproc endpoints work and the inside can be looked at.
final class Pipeline {
    let context: Context
    let demand: Demand
    let engine: Engine
    let ingress: Ingress
    let acknowledgements: AcknowledgementQueue
    let egresses: [Egress]

    init(_ configuration: Configuration, model: Model, context: Context? = nil) throws {
        let context = try context ?? Context()
        let failed: @Sendable (any Error) -> Void = { Issue.record($0) }
        let demand = Demand(outputs: configuration.outputs.count)
        let opener = SocketOpener(context, limits: configuration.limits)
        let egresses = try configuration.outputs.enumerated().map {
            try Egress($1, index: $0, demand: demand, opener: opener, failed: failed)
        }
        let acknowledgements = try AcknowledgementQueue()
        var listeners = EngineListeners { egresses[$0].publish($1, hold: $2) }
        listeners.acknowledged = acknowledgements.add
        engine = try Engine(
            model: model, options: configuration.engineOptions,
            outputs: configuration.outputs.map(\.profile), demand: demand,
            listeners: listeners)
        ingress = try Ingress(
            configuration.inputs, opener: opener, engine: engine,
            acknowledgements: acknowledgements, failed: failed)
        self.acknowledgements = acknowledgements
        self.context = context
        self.demand = demand
        self.egresses = egresses
    }

    deinit {
        _ = ingress.stopReceiving(by: .now())
        engine.abandon()
        _ = ingress.close(by: .now())
        for egress in egresses { _ = egress.finish(by: .now()) }
        context.shutdown()
    }

    /// Stops in the daemon's order. False if a part was not done in time.
    func finish(within seconds: Double = 60) -> Bool {
        let deadline = DispatchTime.now() + seconds
        let isReceived = ingress.stopReceiving(by: deadline)
        let isComputed = engine.finish(by: deadline)
        let isAcknowledged = ingress.close(by: deadline)
        return isReceived && isComputed && isAcknowledged
            && egresses.map { $0.finish(by: deadline) }.allSatisfy { $0 }
    }

    /// Returns once the output has heard of a subscription, or of its end.
    ///
    /// - Parameter pump: a subscriber that binds subscribes at its new peers only when it is used.
    func waitUntilWanted(
        _ kind: EventKind, of stream: String, output: Int = 0, is isWanted: Bool = true,
        pump: () throws -> Void = {}
    ) throws {
        let deadline = ContinuousClock.now + patience
        while demand.wanted(of: bytes(stream)).contains(kind, output: output) != isWanted {
            let isInTime = ContinuousClock.now < deadline
            try #require(isInTime, "the subscription did not arrive")
            try pump()
            sched_yield()
        }
    }

    func sent(_ output: Int) -> Int { egresses[output].statistics.events.value }

    /// Events that the output lost, under the key that says which they are.
    func lost(_ output: Int) -> [String: Int] {
        let lost = egresses[output].statistics.lost
        return [lost.name: lost.value]
    }
}

/// What an engine publishes that is driven without sockets.
func publishedDirectly(
    _ inputs: [EngineInput], model: Model, options: EngineOptions = EngineOptions(),
    profile: OutputProfile = OutputProfile()
) throws -> [Published] {
    let demand = Demand(outputs: 1)
    demand.subscribe(output: 0, to: [])
    let published = Mutex<[Published]>([])
    let engine = try Engine(
        model: model, options: options, outputs: [profile], demand: demand
    ) { _, frames in
        let events = frames.entries.map {
            Published(
                topic: String(decoding: frames.topic(of: $0), as: UTF8.self),
                body: String(decoding: frames.body(of: $0), as: UTF8.self), sequence: $0.sequence)
        }
        published.withLock { $0 += events }
    }
    for input in inputs { engine.submit([input]) }
    #expect(engine.finish(by: .now() + 60))
    return published.withLock { $0 }
}

extension Configuration.Input {
    static func of(_ kind: Kind, _ endpoints: [Endpoint], connects: Bool = false) -> Self {
        var input = Self()
        input.kind = kind
        if connects { input.connect = endpoints } else { input.bind = endpoints }
        return input
    }
}

extension Configuration.Output {
    static func of(
        _ kind: Kind, _ endpoints: [Endpoint], connects: Bool = false,
        slowReader: SlowReader = .block
    ) -> Self {
        var output = Self()
        output.kind = kind
        output.slowReader = slowReader
        if connects { output.connect = endpoints } else { output.bind = endpoints }
        return output
    }
}

extension Configuration {
    static func of(_ inputs: [Input], _ outputs: [Output], threads: Int = 1) -> Self {
        var configuration = Self()
        configuration.inputs = inputs
        configuration.outputs = outputs
        configuration.engine.threads = threads
        configuration.control.bind = []
        configuration.http.bind = []
        return configuration
    }
}
