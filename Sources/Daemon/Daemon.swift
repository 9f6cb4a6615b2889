import Dispatch
import Engine
package import Logging
import Metrics
package import Model
import ServiceLifecycle
import Storage
import Synchronization
package import Threads
import Wire
package import ZeroMQ

/// The daemon: sockets in, engine, sockets out.
///
///     Ingress → Request → Engine (→ Journal) → Event → Egress
///        ↖ Acknowledgement ↙
///
/// It serves from `init` on. `run` waits for the graceful shutdown and then finishes everything
/// that was accepted, within the configured time.
package final class Daemon: Service {
    private let reloader: Reloader
    private let statisticsTimer: StatisticsTimer
    private let logger: Logger
    private let context: Context
    private let gate: GateService
    private let ingress: Ingress
    private let journal: JournalService?
    private let engine: Engine
    private let control: ControlServer?
    private let storeWork: StoreWork?
    private let backfill: BackfillService?
    private let egresses: [Egress]
    private let metrics: DaemonMetrics
    private let health: DaemonHealth
    private let http: HTTPService
    private let failure: Failure
    private let stopRequest: StopRequest
    private let lameDuck: LameDuck
    private let progress: StartProgress

    /// Opens the store and every endpoint. What an earlier run left is recovered while new input
    /// arrives: each stream before its own new input.
    ///
    /// - Parameters:
    ///   - log: where the logger's lines go, to count those that are dropped.
    ///   - environment: names the store and the control socket, if the configuration does not.
    ///   - progress: receives the progress of the start, and of the work beside serving.
    ///   - source: where `reload` reads the configuration again; nil for nowhere.
    /// - Throws: `ZeroMQError` of an endpoint that cannot be bound or connected,
    ///   `ControlPlaceError`, `StorageError` of a store that cannot be used, `ModelError`, `KernelError`.
    package init(
        _ configuration: Configuration, model: Model, logger: Logger, log: LogSink? = nil,
        environment: [String: String] = [:], progress: StartProgress = StartProgress(),
        source: ConfigurationSource? = nil
    ) throws {
        let (failure, stopRequest) = (Failure(), StopRequest())
        let reloader = Reloader(
            configuration, from: source, logger: logger, progress: progress)
        let endpointFailed: @Sendable (ZeroMQError) -> Void = {
            logger.event(.endpointFailed, .error, "\($0)")
        }
        let context = try Context()
        let gate = try GateService(
            configuration.limits, logger: logger, failed: failure.report)
        let access = try configuration.access.open(
            environment: environment, limits: configuration.limits.key,
            log: RefusalLog(logger: logger), changed: gate.gate.recheckPeers)
        let intake = IntakeLimits(configuration.limits, log: RefusalLog(logger: logger))
        let connections = ConnectionLog(RefusalLog(logger: logger))
        let opener = SocketOpener(
            context, gate: gate.gate, limits: configuration.limits, access: access,
            intake: intake, connections: connections,
            files: (configuration.access.ipcMode, try configuration.access.groupNumber()))
        let demand = Demand(outputs: configuration.outputs.count)
        let commits = CommitNotice()
        let acknowledgements = try AcknowledgementQueue()
        let controlInbox = try ControlInbox()
        let acknowledged: @Sendable ([Acknowledgement]) -> Void = {
            acknowledgements.add(controlInbox.takeOwn($0))
        }
        let journal = try JournalService(
            configuration, model: model, logger: logger, environment: environment,
            notify: progress.starting, committed: commits.notify, acknowledged: acknowledged,
            failed: failure.report)
        let egresses = try configuration.outputs.enumerated().map { index, output in
            try Egress(
                output, index: index, demand: demand, opener: opener,
                commits: journal?.commits, endpointFailed: endpointFailed,
                failed: failure.report)
        }
        commits.listen { for egress in egresses { egress.noteCommit() } }
        var listeners = Self.listeners(egresses, journal, logger)
        listeners.acknowledged = acknowledged
        listeners.failed = failure.report
        listeners.ended = intake.noteEnd
        engine = try Engine(
            model: model, options: configuration.engineOptions,
            outputs: configuration.outputs.map(\.profile), demand: demand,
            journal: journal?.engineJournal, listeners: listeners)
        if let error = failure.error { throw error }
        ingress = try Ingress(
            configuration.inputs, opener: opener, engine: engine,
            acknowledgements: acknowledgements, endpointFailed: endpointFailed,
            failed: failure.report)
        var metrics = DaemonMetrics(
            daemon: DaemonInformation(configuration, model), engine: engine.statistics,
            input: engine.queue,
            outputs: egresses.map { .init(events: $0.statistics, queue: $0.queue) },
            gate: gate.gate.statistics, log: log?.statistics)
        if configuration.inputs.contains(where: { $0.kind == .router }) {
            metrics.acknowledgements = acknowledgements.statistics
        }
        metrics.access = access?.statistics ?? AccessStatistics()
        metrics.limits = intake.statistics
        metrics.connections = connections.statistics
        if let journal { metrics.add(journal, engine) }
        let backfill = journal.map { [engine] journal in
            BackfillService(
                journal.storage, engine: engine, model: model,
                outputs: configuration.outputs.map(\.profile),
                options: configuration.engineOptions, damage: { journal.health.damage(of: $0) })
        }
        metrics.backfill = backfill?.statistics
        health = DaemonHealth(journal, metrics.recovery)
        metrics.health = HealthStatistics(health)
        self.metrics = metrics
        self.backfill = backfill
        let lameDuck = LameDuck(
            gate.gate, logger: logger, leaving: health.noteStopping, stop: stopRequest.report)
        let operation = ControlServer.Operation(
            reloader: reloader, gate: gate.gate, lameDuck: lameDuck)
        control = try Self.openControl(
            configuration, engine, model, journal, backfill, metrics, controlInbox, opener,
            environment, operation, AuditLog(logger), endpointFailed: endpointFailed,
            failed: failure.report)
        http = try HTTPService(
            configuration.http,
            routes: OperatorRoutes(metrics: metrics, health: health).routes
                + EventRoutes(backfill: backfill).routes,
            statistics: metrics.http, logger: logger)
        statisticsTimer = StatisticsTimer(every: configuration.log.statisticsEvery) {
            [metrics] in logger.event(.statistics, .info, "statistics", metrics.metadata)
        }
        self.gate = gate
        // Last, since it uses all other parts.
        storeWork = try journal?.startWork(
            engine, logger: logger, statistics: metrics.recovery ?? RecoveryStatistics(),
            notify: progress.serving, failed: failure.report)
        self.journal = journal
        self.reloader = reloader
        self.logger = logger
        self.context = context
        self.egresses = egresses
        self.failure = failure
        self.stopRequest = stopRequest
        self.lameDuck = lameDuck
        self.progress = progress
        let parts: [(any Reloadable)?] =
            [
                log?.settings, statisticsTimer, gate, access, intake, engine, ingress, control,
                http,
            ] + egresses
        reloader.begin(parts.compactMap(\.self), refusing: lameDuck.problems)
        health.begin(pulses)
    }

    private static func listeners(
        _ egresses: [Egress], _ journal: JournalService?, _ logger: Logger
    ) -> EngineListeners {
        let refusals = RefusalLog(logger: logger)
        var listeners = EngineListeners { egresses[$0].publish($1, hold: $2) }
        listeners.refused = { refusals.add($1, stream: $0) }
        listeners.stalled = { journal?.health.set($1, for: "read by shard \($0)") }
        return listeners
    }

    private static func openControl(
        _ configuration: Configuration, _ engine: Engine, _ model: Model,
        _ journal: JournalService?, _ backfill: BackfillService?, _ metrics: DaemonMetrics,
        _ inbox: ControlInbox, _ opener: SocketOpener, _ environment: [String: String],
        _ operation: ControlServer.Operation,
        _ audit: AuditLog,
        endpointFailed: @escaping @Sendable (ZeroMQError) -> Void,
        failed: @escaping @Sendable (any Error) -> Void
    ) throws -> ControlServer? {
        let bind = configuration.control.bind
        guard bind?.isEmpty != true else { return nil }
        let place = ControlPlace.own(environment)
        if bind == nil { try place.prepare() }
        let reporter = StatusReporter(
            configuration: configuration, model: model, journal: journal,
            metrics: metrics)
        return try ControlServer(
            bind ?? [place.endpoint],
            .init(
                engine: engine, model: model, store: journal?.storage, backfill: backfill,
                status: reporter.report,
                damage: { journal?.health.damage(of: $0) }, operation: operation,
                audit: audit),
            inbox: inbox, opener: opener, place: place, endpointFailed: endpointFailed,
            failed: failed)
    }

    /// The path of the store, if there is one.
    package var storePath: String? { journal?.storage.name }
    package var inputEndpoints: [Endpoint] { ingress.endpoints }
    package var controlEndpoints: [Endpoint] { control?.endpoints ?? [] }
    package var httpEndpoints: [Endpoint] { http.endpoints }
    package var outputEndpoints: [Endpoint] { egresses.flatMap(\.endpoints) }

    /// Of the threads that must advance for as long as the daemon serves.
    package var pulses: [Pulse] {
        [gate.gate.pulse] + ingress.pulses + engine.pulses + egresses.map(\.pulse)
            + [journal?.thread.pulse, control?.pulse].compactMap { $0 }
    }

    /// What it does now, for the service manager.
    package var figures: ServiceFigures {
        ServiceFigures(
            streams: engine.statistics.streams.value, tokens: engine.statistics.tokens.value,
            connections: gate.gate.statistics.open.value,
            storeBytes: (journal?.storage.name).map(ServiceFigures.bytes))
    }

    /// Serves until the graceful shutdown, then drains and stops.
    ///
    /// - Throws: the first error of a thread that failed.
    package func run() async throws {
        await waitForEnd()
        await stop()
        if let error = failure.error ?? journal?.thread.problem { throw error }
    }

    /// Reads the configuration again, checks it, and applies what can change while it serves.
    ///
    /// - Throws: `ReloadError` with every problem; then nothing has changed.
    @discardableResult
    package func reload() throws(ReloadError) -> ReloadReport { try reloader.reload() }

    /// The same with this configuration.
    @discardableResult
    package func reload(_ configuration: Configuration) throws(ReloadError) -> ReloadReport {
        try reloader.reload(configuration)
    }

    /// What it runs with. Values that need a restart are those of the start.
    package var configuration: Configuration { reloader.configuration }

    private func waitForEnd() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await gracefulShutdown() }
            group.addTask { await self.failure.wait() }
            group.addTask { await self.stopRequest.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    // MARK: Stopping

    /// Each stage ends after the one before it, so that nothing accepted is lost.
    private func stop() async {
        statisticsTimer.stop()
        lameDuck.end()
        if let error = failure.error {
            logger.event(.partFailed, .error, "a part failed: \(error)")
        }
        logger.event(.stopping, .info, "stopping: finishing accepted requests")
        let timeout = configuration.shutdown.timeout
        progress.stopping(timeout)
        let deadline = DispatchTime.now() + timeout / .seconds(1)
        let outcome = await offTheCooperativePool { self.finish(by: deadline) }
        for (message, metadata) in outcome.warnings(isKept: journal != nil) {
            var metadata = metadata
            metadata["timeout"] = "\(timeout)"
            logger.event(
                .unfinished, .warning, "not everything was finished in time: \(message)", metadata)
        }
        logger.event(.stopped, .info, "stopped", statistics)
    }

    private func finish(by deadline: DispatchTime) -> ShutdownOutcome {
        health.noteStopping()
        control?.stopReceiving()
        var outcome = ShutdownOutcome()
        outcome.isReceived = ingress.stopReceiving(by: deadline)
        // The next start recovers what it has not begun.
        _ = storeWork?.finish(by: deadline)
        backfill?.finish(by: deadline)
        outcome.isProcessed = engine.finish(by: deadline)
        if !outcome.isProcessed { outcome.unread = engine.unread(by: .now() + Self.lastStep) }
        // Events wait for the commit, so it comes before the end of the outputs.
        // A stage whose time was used up by earlier ones may have nothing left to do.
        let last = max(deadline, .now() + Self.lastStep)
        outcome.isKept = journal?.thread.finish(by: last) ?? true
        let isAcknowledged = ingress.close(by: last)
        outcome.isAnswered = (control?.close(by: last) ?? true) && isAcknowledged
        outcome.isSent = egresses.map { $0.finish(by: last) }.allSatisfy { $0 }
        // Ends every call that still waits for a slow reader, and waits until sent messages are
        // delivered: the end of the process would drop them.
        context.terminate()
        outcome.isSent = gate.finish(by: last) && outcome.isSent
        _ = http.finish(by: last)
        return outcome
    }

    /// Seconds that a stage may take at least, even after the deadline.
    private static let lastStep = 1.0

    private func offTheCooperativePool<Result: Sendable>(
        _ body: @escaping @Sendable () -> Result
    ) async -> Result {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }

    // MARK: Statistics

    /// All metrics, for the log.
    package var statistics: Logger.Metadata { metrics.metadata }
}

/// Notifies of commits. The listener is set after the journal has begun.
private final class CommitNotice: Sendable {
    private let listener = Mutex<@Sendable () -> Void>({})

    func listen(_ body: @escaping @Sendable () -> Void) { listener.withLock { $0 = body } }
    @Sendable func notify() { listener.withLock { $0 }() }
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

/// A stop that an operator asked for.
private final class StopRequest: Sendable {
    private let stream: AsyncStream<Never>
    private let continuation: AsyncStream<Never>.Continuation

    init() { (stream, continuation) = AsyncStream<Never>.makeStream() }

    @Sendable func report() { continuation.finish() }

    /// Returns when it was asked for, or the task is cancelled.
    func wait() async { for await _ in stream {} }
}
