import ArgumentParser
import Daemon
import Logging
import ZeroMQ

/// Keys of the configuration that have a flag.
struct ServeOptions: ParsableArguments {
    @Option(
        name: .customLong("in"),
        help: ArgumentHelp(
            "Bind here for PUB sockets, instead of the configured inputs. May be repeated.",
            valueName: "endpoint"), transform: parsedBindEndpoint)
    var subscribe: [Endpoint] = []

    @Option(
        name: .customLong("in-pull"),
        help: ArgumentHelp(
            "Bind here for PUSH sockets, instead of the configured inputs. May be repeated.",
            valueName: "endpoint"), transform: parsedBindEndpoint)
    var pull: [Endpoint] = []

    @Option(
        name: .customLong("in-router"),
        help: ArgumentHelp(
            """
            Bind here for acknowledged publishers (DEALER, REQ), instead of the configured inputs. \
            May be repeated.
            """, valueName: "endpoint"), transform: parsedBindEndpoint)
    var router: [Endpoint] = []

    @Option(
        help: ArgumentHelp(
            "Bind here for SUB sockets, instead of the configured outputs. May be repeated.",
            valueName: "endpoint"), transform: parsedBindEndpoint)
    var out: [Endpoint] = []

    @Option(
        help: ArgumentHelp(
            """
            Answer `sluice state` here, instead of at the configured endpoints. A client that can \
            connect may read and change streams. May be repeated.
            """, valueName: "endpoint"), transform: parsedBindEndpoint)
    var control: [Endpoint] = []

    @Flag(help: "Do not open a control socket for `sluice state`.")
    var noControl = false

    @Option(
        help: ArgumentHelp(
            """
            Serve metrics and health over HTTP here, instead of at the configured endpoints \
            (default: \(Configuration.DefaultEndpoint.http), if it is free). May be repeated.
            """, valueName: "endpoint"), transform: parsedBindEndpoint)
    var http: [Endpoint] = []

    @Flag(help: "Serve no metrics over HTTP.")
    var noHttp = false

    @Option(
        help: ArgumentHelp(
            "The store of all streams (default: from the configuration, or the user's own).",
            valueName: "file"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            """
            When requests are on disk: commit (before their events are published), relaxed (soon \
            after), or off (never) (default: commit).
            """, valueName: "when"))
    var durability: Configuration.Journal.Durability?

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("Compute threads (default: one per core).", valueName: "number"))
    var threads: Int?

    @Option(help: ArgumentHelp("Candidates in each prediction (default: 5).", valueName: "number"))
    var top: Int?

    @Option(
        help: ArgumentHelp(
            "trace, debug, info, notice, warning, error or critical (default: info).",
            valueName: "level"), transform: parsedLogLevel)
    var logLevel: Logger.Level?

    func validate() throws {
        if noControl, !control.isEmpty {
            throw ValidationError("--control and --no-control exclude each other")
        }
        if noHttp, !http.isEmpty {
            throw ValidationError("--http and --no-http exclude each other")
        }
    }

    func apply(to configuration: inout Configuration) {
        if !inputs.isEmpty { configuration.inputs = inputs }
        if !out.isEmpty {
            var output = Configuration.Output()
            output.bind = out
            configuration.outputs = [output]
        }
        if !control.isEmpty || noControl { configuration.control.bind = control }
        if !http.isEmpty || noHttp { configuration.http.bind = http }
        if let store { configuration.journal.path = store }
        if let durability { configuration.journal.durability = durability }
        if let threads { configuration.engine.threads = threads }
        if let top { configuration.engine.top = top }
        if let logLevel { configuration.log.level = logLevel }
    }

    private var inputs: [Configuration.Input] {
        let binds = [(Configuration.Input.Kind.sub, subscribe), (.pull, pull), (.router, router)]
        return binds.compactMap { kind, bind in
            guard !bind.isEmpty else { return nil }
            var input = Configuration.Input()
            input.kind = kind
            input.bind = bind
            return input
        }
    }
}

private func parsedBindEndpoint(_ text: String) throws -> Endpoint {
    try validated { try Endpoint(text, for: .bind) }
}

private func parsedLogLevel(_ text: String) throws -> Logger.Level {
    guard let level = Logger.Level(rawValue: text) else {
        let known = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("'\(text)' is not a log level; expected \(known)")
    }
    return level
}

extension Configuration.Journal.Durability: ExpressibleByArgument {}
