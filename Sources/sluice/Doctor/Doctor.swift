import ArgumentParser
import Client
import Daemon
import Doctor
import Foundation
import Kernels
import Model
import Terminal
import Wire
import ZeroMQ

struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Examine an installation, and say what to do.",
        discussion: """
            Looks at the configuration, the model, the sockets, the keys, the store, the disk and its \
            speed, the limits of the machine and the clock. Each finding has a level: ok, unknown (this \
            user cannot see it), warning or error, with what to do. The exit code is 1 if there are \
            errors, else 0.

              sluice doctor                              of /etc/sluice/sluice.toml, if that is there
              sudo sluice doctor                         sees everything of the system's service
              sluice doctor --config sluice.toml
              sluice doctor --json | jq 'select(.level != "ok")'

            It may run beside a daemon that serves: it only reads the store, listens nowhere, and \
            leaves no file. deploy/docs/operations.md lists the checks.
            """)

    /// Of the package.
    private static let serviceFile = "/etc/sluice/sluice.toml"

    @Option(
        name: [.short, .long],
        help: ArgumentHelp(
            "The daemon's TOML file (default: \(serviceFile), if it is there; else the defaults).",
            valueName: "file"))
    var config: String?

    @Option(
        help: ArgumentHelp(
            "The store (default: from the daemon that runs, or from the configuration).",
            valueName: "file"))
    var store: String?

    @Flag(help: "Look at every row of the store. That may take minutes.")
    var full = false

    @Flag(help: "JSON lines; the default when the output is not a terminal.")
    var json = false

    @OptionGroup var modelOptions: ModelOptions
    @OptionGroup(title: "Keys") var keys: KeyOptions

    /// How long the daemon may take to answer.
    private static let patience = Duration.seconds(5)

    func run() throws {
        let examination = Examination(
            try source(), environment: ProcessInfo.processInfo.environment,
            storePath: usualStore, isThorough: full, load: { try load($0) }, ask: ask)
        let report = examination.report()
        let output = TextOutput.standardOutput
        if json || !output.isTerminal {
            for finding in report.findings {
                try output.write(finding.controlJSON() + [0x0A])
            }
        } else {
            try output.write(report.text)
        }
        if report.hasErrors { throw ExitCode.failure }
    }

    /// The file of the daemon; nil for the defaults.
    private var file: String? {
        config
            ?? (FileManager.default.fileExists(atPath: Self.serviceFile) ? Self.serviceFile : nil)
    }

    /// Where the store is if neither the daemon nor the configuration says it.
    private var usualStore: String {
        let ofService = StorePlace.serviceFolder + "/journal.sqlite"
        return file == Self.serviceFile ? ofService : (try? StorePlace.found()) ?? ofService
    }

    private func source() throws -> ConfigurationSource {
        let (model, store) = (modelOptions.model, store)
        let tier = try modelOptions.kernelOptions.requestedTier()
        return ConfigurationSource(
            file: file, environment: ProcessInfo.processInfo.environment
        ) { configuration in
            if let model { configuration.model = model }
            if let tier { configuration.engine.kernelTier = tier }
            if let store { configuration.journal.path = store }
        }
    }

    private func load(_ configuration: Configuration) throws -> Model {
        try Model.load(
            from: modelOptions.folder(configured: configuration.model),
            inputTable: configuration.engine.inputTable
                ? try Kernels(tier: configuration.engine.kernelTier ?? .best) : nil,
            inputTableLimit: configuration.engine.inputTableBytes)
    }

    private func ask(_ endpoint: Endpoint) -> ControlAnswer {
        do {
            var client = try ControlClient(
                endpoint, timeout: Self.patience, curve: try keys.client(for: endpoint))
            return .status(try client.ask(.status, for: DaemonStatus.self).result)
        } catch let error as ClientError {
            if case .denied = error { return .denied("\(error)") }
            return .silent("\(error)")
        } catch {
            return .silent("\(error)")
        }
    }
}
