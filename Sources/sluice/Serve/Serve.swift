import ArgumentParser
import Daemon
import Engine
import Foundation
import Kernels
import Logging
import Model
import ServiceLifecycle
import StrictTOML
import Terminal
import UnixSignals
import ZeroMQ

struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve streams: text in on ZeroMQ sockets, predictions and sentiment out.",
        discussion: """
            Without arguments, serves the shipped model on loopback. Text is received on \
            \(Configuration.DefaultEndpoint.sub) (for PUB sockets), on \
            \(Configuration.DefaultEndpoint.pull) (for PUSH sockets) and, acknowledged, on \
            \(Configuration.DefaultEndpoint.router) (for DEALER sockets); events are published on \
            \(Configuration.DefaultEndpoint.xpub) (for SUB sockets).

              sluice serve
              sluice serve --config sluice.toml --check     check the configuration
              sluice serve --config sluice.toml --model ~/models/reviews --threads 4
              sluice serve --in ipc:///run/sluice/in --out ipc:///run/sluice/out
              sluice serve --print-config > sluice.toml     every key, as a start

            On SIGTERM or SIGINT (Ctrl-C) the daemon finishes accepted requests, within \
            shutdown.timeout, and exits with 0; a second signal ends it at once. On SIGHUP it reads \
            the configuration again, as `sluice ctl reload` makes it do.

            Flags override variables of the environment, which override the file: \
            SLUICE_ENGINE_THREADS for engine.threads, SLUICE_INPUT_0_BIND for bind of the first \
            input, and so on (deploy/docs/operations.md).
            """)

    @Option(name: [.short, .long], help: ArgumentHelp("A TOML file.", valueName: "file"))
    var config: String?

    @Flag(help: "Check the configuration and the model, and exit.")
    var check = false

    @Flag(help: "Print the configuration in effect as TOML, and exit.")
    var printConfig = false

    @OptionGroup var serveOptions: ServeOptions
    @OptionGroup var modelOptions: ModelOptions

    func run() async throws {
        // The reader of the log may close it or stop reading. Neither may delay or end the daemon.
        signal(SIGPIPE, SIG_IGN)
        let environment = ProcessInfo.processInfo.environment
        let log = LogSink(
            settings: LogSettings(isJournal: LogSettings.isJournal(environment)))
        defer { log.flush(until: .now() + Self.lastWords) }
        do {
            try await run(log)
        } catch {
            throw reported(error, by: log.writeError) ?? error
        }
    }

    private func run(_ log: LogSink) async throws {
        let source = try source()
        let output = TextOutput.standardOutput
        if check {
            try check(source)
            return try output.write("The configuration and the model are valid.\n")
        }
        let configuration = try source.read()
        if printConfig { return try output.write(configuration.document) }
        log.settings.apply(configuration.log)
        try await serve(configuration, from: source, try load(configuration), log)
    }

    /// How long writing the rest of the log may take at the end, in seconds.
    private static let lastWords = 1.0

    /// The file, the environment and the flags.
    private func source() throws -> ConfigurationSource {
        let (model, options) = (modelOptions.model, serveOptions)
        let tier = try modelOptions.kernelOptions.requestedTier()
        return ConfigurationSource(
            file: config, environment: ProcessInfo.processInfo.environment
        ) { configuration in
            if let model { configuration.model = model }
            if let tier { configuration.engine.kernelTier = tier }
            options.apply(to: &configuration)
        }
    }

    /// - Throws: `ConfigurationError` with everything that is wrong.
    private func check(_ source: ConfigurationSource) throws {
        var reading = source.examine()
        reading.addSurroundings(ProcessInfo.processInfo.environment)
        do {
            _ = try load(reading.configuration)
        } catch {
            guard !reading.problems.isEmpty else { throw error }
            reading.add(.init("model", "\(error)"))
        }
        guard reading.problems.isEmpty else { throw reading.error }
    }

    private func load(_ configuration: Configuration) throws -> Model {
        let tier = configuration.engine.kernelTier ?? .best
        return try Model.load(
            from: modelOptions.folder(configured: configuration.model),
            inputTable: configuration.engine.inputTable ? try Kernels(tier: tier) : nil,
            inputTableLimit: configuration.engine.inputTableBytes)
    }

    private func announceInputTable(
        _ model: Model, _ configuration: Configuration, _ logger: Logger
    ) {
        guard configuration.engine.inputTable, !model.network.hasInputTable else { return }
        logger.event(
            .inputTableOmitted, .notice,
            "the table of the first layer's input products is too large; the first layer is slower",
            [
                "bytes": "\(Network.inputTableBytes(of: model.config))",
                "engine.input_table_bytes": "\(configuration.engine.inputTableBytes)",
            ])
    }

    private func serve(
        _ configuration: Configuration, from source: ConfigurationSource, _ model: Model,
        _ log: LogSink
    ) async throws {
        let logger = Logger(label: "sluice") {
            LineLogHandler(label: $0, settings: log.settings, write: log.write)
        }
        let systemd = try SystemdReporter(environment: ProcessInfo.processInfo.environment)
        systemd?.starting("opening the store")
        var progress = StartProgress(
            starting: { systemd?.starting($0) }, serving: { systemd?.serving($0) })
        progress.reloading = { systemd?.reloading() }
        progress.reloaded = { systemd?.reloaded() }
        progress.stopping = { systemd?.stopping(within: $0 / .seconds(1)) }
        // Until the signal is trapped, it must not end the daemon.
        signal(SIGHUP, SIG_IGN)
        let daemon = try Daemon(
            configuration, model: model, logger: logger, log: log,
            environment: ProcessInfo.processInfo.environment,
            progress: progress, source: source)
        // Before readiness is announced: a stop may be requested right after that.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sighup)
        announceInputTable(model, configuration, logger)
        announce(daemon, model, configuration, logger)
        systemd?.ready(daemon.pulses, logger: logger) { daemon.figures }
        let group = ServiceGroup(
            configuration: .init(
                // An operator may end it by the control socket.
                services: [
                    .init(
                        service: daemon, successTerminationBehavior: .gracefullyShutdownGroup)
                ], logger: quiet(logger)))
        let hasTerminal = isatty(STDIN_FILENO) == 1
        let waiting = Task {
            await obey(signals) { signal in
                guard signal == .sighup, !hasTerminal || isatty(STDIN_FILENO) == 1 else {
                    return true
                }
                // The result is in the log.
                DispatchQueue.global().async { _ = try? daemon.reload() }
                return false
            } stop: {
                await group.triggerGracefulShutdown()
            }
        }
        defer { systemd?.finish() }
        try await group.run()
        waiting.cancel()
    }

    /// The first signal to stop does so gracefully, a second one at once. A terminal that was closed
    /// is such a signal, too.
    private func obey(
        _ signals: UnixSignalsSequence, isStop: (UnixSignal) -> Bool, stop: () async -> Void
    ) async {
        var isStopping = false
        for await signal in signals where isStop(signal) {
            if isStopping { _exit(128 + signal.rawValue) }
            isStopping = true
            await stop()
        }
    }

    private func announce(
        _ daemon: Daemon, _ model: Model, _ configuration: Configuration, _ logger: Logger
    ) {
        let options = configuration.engineOptions
        logger.event(
            .serving, .info, "serving",
            [
                "model": "\(model.name)",
                "fingerprint": "\(model.fingerprint.short)",
                "in": "\(daemon.inputEndpoints.map(\.text).joined(separator: " "))",
                "out": "\(daemon.outputEndpoints.map(\.text).joined(separator: " "))",
                "control": "\(daemon.controlEndpoints.map(\.text).joined(separator: " "))",
                "http": "\(daemon.httpEndpoints.map(\.text).joined(separator: " "))",
                "threads": "\(options.shards)", "kernels": "\(options.kernelTier.rawValue)",
                "durability": "\(configuration.journal.durability.rawValue)",
                "store": "\(daemon.storePath ?? "none")",
            ])
    }

    /// The daemon itself logs what the service group does.
    private func quiet(_ logger: Logger) -> Logger {
        var logger = logger
        logger.logLevel = .error
        return logger
    }
}
