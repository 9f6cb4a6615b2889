import Dispatch
import Engine
package import Logging
package import Model
import ServiceLifecycle
import Synchronization
import Wire
package import ZeroMQ

/// The daemon: sockets in, engine, sockets out.
///
///     Ingress → Request → Engine (→ Journal) → Event → Egress
///        ↖ Acknowledgement ↙
///
/// It serves from `init` on. `run` waits for the graceful shutdown and then lets everything that
/// was accepted go its way to the end, within the configured time.
package final class Daemon: Service {
    private let configuration: Configuration
    private let logger: Logger
    private let context: Context
    private let gate: GateService
    private let ingress: Ingress
    private let journal: JournalService?
    private let engine: Engine
    private let control: Control?
    private let storeWork: StoreWork?
    private let egresses: [Egress]
    private let counters: DaemonCounters
    private let failure: Failure

    /// Opens the store and every endpoint. What an earlier run had not finished with is read again
    /// beside what comes in, and of each stream before what comes for it.
    ///
    /// - Parameters:
    ///   - log: where the logger's lines go, to say how many were dropped.
    ///   - environment: says where the store and the control socket are, if the configuration
    ///     does not.
    ///   - progress: hears what the start does, and what goes on beside serving.
    /// - Throws: `ZeroMQError` of an endpoint that cannot be had, `ControlPlaceError`,
    ///   `JournalError` of a store that cannot be used, `ModelError`, `KernelError`.
    package init(
        _ configuration: Configuration, model: Model, logger: Logger, log: LogSink? = nil,
        environment: [String: String] = [:], progress: StartProgress = StartProgress()
    ) throws {
        let failure = Failure()
        let context = try Context()
        let gate = try GateService(
            configuration.limits, logger: logger, failed: failure.report)
        let doors = Doors(gate.gate, limits: configuration.limits)
        let demand = Demand(outputs: configuration.outputs.count)
        let commits = CommitNotice()
        let acknowledgements = try AcknowledgementQueue()
        let findings = try ControlFindings()
        let acknowledged: @Sendable ([Acknowledgement]) -> Void = {
            acknowledgements.add(findings.takeOwn($0))
        }
        let journal = try JournalService(
            configuration, model: model, logger: logger, environment: environment,
            tell: progress.starting, committed: commits.tell, acknowledged: acknowledged,
            failed: failure.report)
        let egresses = try configuration.outputs.enumerated().map { index, output in
            try Egress(
                output, index: index, demand: demand, context: context,
                commits: journal?.commits, doors: doors, failed: failure.report)
        }
        commits.listen { for egress in egresses { egress.noteCommit() } }
        let refusals = RefusalLog(logger: logger)
        var listeners = EngineListeners { egresses[$0].publish($1, hold: $2) }
        listeners.refused = { refusals.add($1, stream: $0) }
        listeners.acknowledged = acknowledged
        listeners.stalled = { journal?.health.set($1, for: "read by shard \($0)") }
        listeners.failed = failure.report
        engine = try Engine(
            model: model, options: configuration.engineOptions,
            outputs: configuration.outputs.map(\.profile), demand: demand,
            journal: journal?.engineJournal, listeners: listeners)
        if let error = failure.error { throw error }
        ingress = try Ingress(
            configuration.inputs, maxTextBytes: configuration.limits.maxTextBytes,
            context: context, engine: engine, acknowledgements: acknowledgements,
            doors: doors, failed: failure.report)
        let isAcknowledging = configuration.inputs.contains { $0.kind == .router }
        let counters = DaemonCounters(
            engine: engine.statistics,
            outputs: zip(configuration.outputs, egresses).map {
                .init(kind: $0.kind, statistics: $1.statistics)
            },
            journal: journal?.thread.statistics,
            acknowledgements: isAcknowledging ? acknowledgements.statistics : nil,
            gate: gate.gate.statistics, log: log)
        control = try Self.openControl(
            configuration, engine, model, journal, counters, findings, context, doors,
            environment, failed: failure.report)
        self.gate = gate
        // Last, so that all that it may tell is there.
        storeWork = journal?.startWork(
            engine, logger: logger, tell: progress.serving, failed: failure.report)
        self.journal = journal
        self.configuration = configuration
        self.logger = logger
        self.context = context
        self.egresses = egresses
        self.counters = counters
        self.failure = failure
    }

    private static func openControl(
        _ configuration: Configuration, _ engine: Engine, _ model: Model,
        _ journal: JournalService?, _ counters: DaemonCounters, _ findings: ControlFindings,
        _ context: Context, _ doors: Doors,
        _ environment: [String: String], failed: @escaping @Sendable (any Error) -> Void
    ) throws -> Control? {
        let bind = configuration.control.bind
        guard bind?.isEmpty != true else { return nil }
        let place = ControlPlace.own(environment)
        if bind == nil { try place.prepare() }
        let reporter = StatusReporter(configuration, engine, model, journal, counters)
        return try Control(
            bind ?? [place.endpoint],
            .init(
                engine: engine, model: model, store: journal?.path, status: reporter.report,
                damage: { journal?.health.damage(of: $0) }),
            findings: findings, context: context,
            doors: doors, failed: failed)
    }

    /// The store that is written, if any.
    package var storePath: String? { journal?.path }
    package var inputEndpoints: [Endpoint] { ingress.endpoints }
    package var controlEndpoints: [Endpoint] { control?.endpoints ?? [] }
    package var outputEndpoints: [Endpoint] { egresses.flatMap(\.endpoints) }

    /// Serves until the graceful shutdown, then drains and stops.
    ///
    /// - Throws: the error of a socket thread that failed.
    package func run() async throws {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.logStatistics() }
            group.addTask { await self.waitForEnd() }
            await group.next()
            group.cancelAll()
        }
        await stop()
        if let error = failure.error ?? journal?.thread.problem { throw error }
    }

    private func waitForEnd() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await gracefulShutdown() }
            group.addTask { await self.failure.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: Stopping

    /// Each stage ends when the one before has, so nothing that was accepted is lost on the way.
    private func stop() async {
        if let error = failure.error { logger.error("a socket failed: \(error)") }
        logger.info("stopping: finishing what was accepted")
        let deadline = DispatchTime.now() + configuration.shutdown.timeout.seconds
        let ending = await offTheCooperativePool { self.finish(by: deadline) }
        for (message, metadata) in ending.warnings(isKept: journal != nil) {
            var metadata = metadata
            metadata["timeout"] = "\(configuration.shutdown.timeout)"
            logger.warning("not everything was finished in time: \(message)", metadata: metadata)
        }
        logger.info("stopped", metadata: statistics)
    }

    private func finish(by deadline: DispatchTime) -> Ending {
        control?.stopReceiving()
        var ending = Ending()
        ending.isReceived = ingress.stopReceiving(by: deadline)
        // What it has not begun is for the next start.
        _ = storeWork?.finish(by: deadline)
        ending.isRead = engine.finish(by: deadline)
        if !ending.isRead { ending.unread = engine.unread(by: .now() + Self.lastStep) }
        // Events wait for the commit, so it comes before the end of the outputs.
        // A stage whose time was used up by those before may have nothing left to do.
        let last = max(deadline, .now() + Self.lastStep)
        ending.isKept = journal?.thread.finish(by: last) ?? true
        let isAcknowledged = ingress.close(by: last)
        ending.isAnswered = (control?.close(by: last) ?? true) && isAcknowledged
        ending.isSent = egresses.map { $0.finish(by: last) }.allSatisfy { $0 }
        // Ends every call that still waits for a slow reader, and waits for what was sent to be
        // delivered: the end of the process would drop it.
        context.terminate()
        ending.isSent = gate.finish(by: last) && ending.isSent
        return ending
    }

    /// Seconds that a stage may take to come to its end after the time is over, at least.
    private static let lastStep = 1.0

    private func offTheCooperativePool<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }

    // MARK: Statistics

    private func logStatistics() async {
        guard let interval = configuration.log.statisticsEvery else {
            return await untilCancelled()
        }
        while (try? await Task.sleep(for: interval)) != nil {
            logger.info("statistics", metadata: statistics)
        }
    }

    private func untilCancelled() async {
        let (stream, _) = AsyncStream<Never>.makeStream()
        for await _ in stream {}
    }

    /// What has been done so far, for the log.
    package var statistics: Logger.Metadata {
        var metadata: Logger.Metadata = [:]
        for (name, count) in counters.all { metadata[name] = "\(count)" }
        for (code, count) in engine.statistics.refusalCounts {
            metadata["refused.\(code.rawValue)"] = "\(count)"
        }
        return metadata
    }
}

/// Who hears what the start does, and what goes on beside serving; an empty text: nothing more.
package struct StartProgress: Sendable {
    package var starting: @Sendable (String) -> Void
    package var serving: @Sendable (String) -> Void

    package init(
        starting: @escaping @Sendable (String) -> Void = { _ in },
        serving: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.starting = starting
        self.serving = serving
    }
}

/// Tells of commits whoever comes to listen, which is later than the journal begins.
private final class CommitNotice: Sendable {
    private let listener = Mutex<@Sendable () -> Void>({})

    func listen(_ body: @escaping @Sendable () -> Void) { listener.withLock { $0 = body } }
    @Sendable func tell() { listener.withLock { $0 }() }
}

/// The first error that ended a socket thread, a shard or the journal.
private final class Failure: Sendable {
    private let state = Mutex<(any Error)?>(nil)
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream<Never>.makeStream() }

    var error: (any Error)? { state.withLock { $0 } }

    @Sendable func report(_ error: any Error) {
        state.withLock { $0 = $0 ?? error }
        continuation.finish()
    }

    /// Returns when something has failed, or the task is cancelled.
    func wait() async { for await _ in stream {} }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
