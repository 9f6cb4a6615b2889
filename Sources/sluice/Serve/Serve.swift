import ArgumentParser
import Daemon
import Engine
import Foundation
import Kernels
import Logging
import Model
import ServiceLifecycle
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
            shutdown.timeout, and exits with 0; a second signal ends it at once. Flags override the \
            configuration.
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
        let log = LogSink()
        defer { log.flush(until: .now() + Self.lastWords) }
        do {
            try await run(log)
        } catch {
            throw reported(error, by: log.write) ?? error
        }
    }

    private func run(_ log: LogSink) async throws {
        let configuration = try effectiveConfiguration()
        let output = TextOutput.standardOutput
        if printConfig { return try output.write(configuration.document) }
        let model = try load(configuration)
        if check { return try output.write("The configuration and the model are valid.\n") }
        try await serve(configuration, model, log)
    }

    /// How long writing the rest of the log may take at the end, in seconds.
    private static let lastWords = 1.0

    /// The file, or the defaults, overridden by the flags.
    private func effectiveConfiguration() throws -> Configuration {
        var configuration = Configuration()
        if let config { configuration = try Configuration(file: config) }
        if let model = modelOptions.model { configuration.model = model }
        if let tier = try modelOptions.kernelOptions.requestedTier() {
            configuration.engine.kernelTier = tier
        }
        serveOptions.apply(to: &configuration)
        try configuration.check(source: config ?? "flags")
        return configuration
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
        logger.notice(
            "the table of the first layer's input products is too large; the first layer is slower",
            metadata: [
                "bytes": "\(Network.inputTableBytes(of: model.config))",
                "engine.input_table_bytes": "\(configuration.engine.inputTableBytes)",
            ])
    }

    private func serve(
        _ configuration: Configuration, _ model: Model, _ log: LogSink
    ) async throws {
        var logger = Logger(label: "sluice") { LineLogHandler(label: $0, write: log.write) }
        logger.logLevel = configuration.log.level
        let notifier = SystemdNotifier(environment: ProcessInfo.processInfo.environment)
        notifier?.starting("opening the store")
        let daemon = try Daemon(
            configuration, model: model, logger: logger, log: log,
            environment: ProcessInfo.processInfo.environment,
            progress: StartProgress(
                starting: { notifier?.starting($0) }, serving: { notifier?.serving($0) }))
        // Before readiness is announced: a stop may be requested right after that.
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        announceInputTable(model, configuration, logger)
        announce(daemon, model, configuration, logger)
        notifier?.ready()
        let group = ServiceGroup(
            configuration: .init(services: [.init(service: daemon)], logger: quiet(logger)))
        let stopping: @Sendable () -> Void = {
            notifier?.stopping(within: configuration.shutdown.timeout / .seconds(1))
        }
        let waiting = Task { await stop(group, stopping, on: signals) }
        try await group.run()
        waiting.cancel()
    }

    /// The first signal stops gracefully, a second one at once.
    private func stop(
        _ group: ServiceGroup, _ stopping: @Sendable () -> Void, on signals: UnixSignalsSequence
    ) async {
        var isStopping = false
        for await signal in signals {
            if isStopping { _exit(128 + (signal == .sigterm ? SIGTERM : SIGINT)) }
            isStopping = true
            stopping()
            await group.triggerGracefulShutdown()
        }
    }

    private func announce(
        _ daemon: Daemon, _ model: Model, _ configuration: Configuration, _ logger: Logger
    ) {
        let options = configuration.engineOptions
        logger.info(
            "serving",
            metadata: [
                "model": "\(model.name)",
                "fingerprint": "\(model.fingerprint.short)",
                "in": "\(daemon.inputEndpoints.map(\.text).joined(separator: " "))",
                "out": "\(daemon.outputEndpoints.map(\.text).joined(separator: " "))",
                "control": "\(daemon.controlEndpoints.map(\.text).joined(separator: " "))",
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
