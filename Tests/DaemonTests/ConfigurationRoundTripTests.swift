import Engine
import HTTP
import Kernels
import Logging
import StrictTOML
import TestSupport
import Testing
import Wire
import ZeroMQ

@testable import Daemon

/// What is printed reads back equal, whatever is in it.
@Suite struct ConfigurationRoundTripTests {
    @Test func defaults() throws {
        let document = Configuration().document
        #expect(try Configuration(document: document, source: "printed") == Configuration())
        #expect(document.contains("bind = [\"tcp://127.0.0.1:5601\"]"))
    }

    @Test func ofEveryKey() throws {
        let first = try Configuration(
            document: ConfigurationReadingTests.everyKey, source: "test")
        #expect(try Configuration(document: first.document, source: "printed") == first)
    }

    @Test(arguments: 0..<100) func ofAnyConfiguration(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let configuration = try anyConfiguration(&random)
        #expect(configuration.inconsistencies.isEmpty)
        let document = configuration.document
        let again = try Configuration(document: document, source: "printed")
        #expect(again == configuration, "\(document)")
        #expect(again.document == document)
    }

    /// Each key by its variable.
    @Test(arguments: 0..<50) func ofAnyEnvironment(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let configuration = try anyConfiguration(&random)
        var variables: [String: String] = [:]
        addVariables(Configuration.codec.encode(configuration), "SLUICE", to: &variables)
        let tables =
            configuration.inputs.map { _ in "[[input]]\n" }
            + configuration.outputs.map { _ in "[[output]]\n" }
        let folder = try TemporaryFolder()
        let file = try folder.write(tables.joined(), to: "sluice.toml")
        let source = ConfigurationSource(file: file, environment: variables)
        let read = try source.read()
        #expect(read == configuration, "\(variables)")
        withExtendedLifetime(folder) {}
    }
}

/// Texts without quotation marks where that is possible, everything else as in TOML.
private func addVariables(
    _ value: ConfigurationValue, _ name: String, to variables: inout [String: String]
) {
    switch value {
    case .table(let entries):
        for entry in entries {
            addVariables(entry.value, "\(name)_\(entry.key.uppercased())", to: &variables)
        }
    // An array of tables has no variable itself.
    case .list(let values) where values.isEmpty && name == "SLUICE_LIMITS_STREAM": break
    case .list(let values) where values.contains { if case .table = $0 { true } else { false } }:
        for (index, value) in values.enumerated() {
            addVariables(value, "\(name)_\(index)", to: &variables)
        }
    case .text(let text) where text.allSatisfy { $0.isLetter || $0 == "/" }:
        variables[name] = text
    default:
        let line = ConfigurationValue.table([.init(key: "v", value: value)]).document
        variables[name] = String(line.dropFirst("v = ".count).dropLast())
    }
}

private func anyConfiguration(_ random: inout SeededRandom) throws -> Configuration {
    var configuration = Configuration()
    if Bool.random(using: &random) { configuration.model = anyText(&random) }
    var port = 1000
    configuration.inputs = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
        try anyInput(&random, &port)
    }
    configuration.outputs = try (0..<Int.random(in: 1...3, using: &random)).map { _ in
        try anyOutput(&random, &port)
    }
    configuration.engine = anyEngine(&random)
    configuration.http = try anyHTTP(&random)
    configuration.limits = anyLimits(&random)
    configuration.access = anyAccess(&random)
    if configuration.access.serverKey != nil {
        for index in configuration.inputs.indices
        where !configuration.inputs[index].connect.isEmpty {
            configuration.inputs[index].serverKey = anyOptional("/" + anyText(&random), &random)
        }
        for index in configuration.outputs.indices
        where !configuration.outputs[index].connect.isEmpty {
            configuration.outputs[index].serverKey = anyOptional(
                "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7", &random)
        }
    }
    configuration.log.level = Logger.Level.allCases.randomElement(using: &random)!
    configuration.log.statisticsEvery = anyOptional(anyDuration(&random, 1000), &random)
    configuration.shutdown.timeout = anyDuration(&random, 0)
    return configuration
}

private func anyHTTP(_ random: inout SeededRandom) throws -> Configuration.HTTP {
    var http = Configuration.HTTP()
    http.tokenFile = anyOptional("/token", &random)
    http.bind = try [
        nil, [], [Endpoint("tcp://127.0.0.1:901"), Endpoint("tcp://[::1]:902")],
        [Endpoint(http.tokenFile == nil ? "tcp://localhost:*" : "tcp://*:903")],
    ].randomElement(using: &random)!
    http.limits.connections = .random(in: 1...4096, using: &random)
    http.limits.headBytes = .random(in: 1 << 10...1 << 20, using: &random)
    http.limits.bodyBytes = .random(in: 0...1 << 30, using: &random)
    http.limits.requestTime = .milliseconds(Int.random(in: 10...3_600_000, using: &random))
    http.limits.idleTime = .seconds(Int.random(in: 1...3600, using: &random))
    return http
}

private func anyAccess(_ random: inout SeededRandom) -> Configuration.Access {
    var access = Configuration.Access()
    if Bool.random(using: &random) {
        access.serverKey = "/" + anyText(&random)
        access.keys = "/" + anyText(&random)
    }
    // Some endpoints can be reached from other machines.
    access.allowInsecure = true
    access.ipcMode = [0o600, 0o660, 0o620, 0o666].randomElement(using: &random)!
    access.ipcGroup = anyOptional("group", &random)
    return access
}

private func anyLimits(_ random: inout SeededRandom) -> Configuration.Limits {
    var limits = Configuration().limits
    limits.maxTextBytes = .random(in: 1...1 << 30, using: &random)
    limits.messageBytes = anyOptional(1 << 30 + Int.random(in: 0...9, using: &random), &random)
    limits.totalBytes = anyOptional(1 << 32 + Int.random(in: 0...9, using: &random), &random)
    limits.peerBytes = .random(in: 1 << 10...1 << 40, using: &random)
    limits.readerBytes = .random(in: 1 << 10...1 << 40, using: &random)
    limits.connections = .random(in: 1...1 << 20, using: &random)
    limits.topicBytes = .random(in: 1...1 << 16, using: &random)
    limits.subscriptions = .random(in: 1...1 << 30, using: &random)
    limits.totalSubscriptions = .random(in: 1...1 << 30, using: &random)
    limits.subscriptionChanges = .random(in: 1...1 << 30, using: &random)
    limits.handshakes = anyLimit(&random)
    limits.addressHandshakes = anyLimit(&random)
    limits.halfOpen = .random(in: 1...1 << 20, using: &random)
    limits.addressHalfOpen = .random(in: 1...1 << 20, using: &random)
    limits.idleTimeout = anyOptional(anyDuration(&random, 100), &random)
    limits.streamsInUse = anyLimit(&random)
    limits.useWindow = anyDuration(&random, 1000)
    limits.connection = anyRates(&random)
    limits.key.rates = anyRates(&random)
    limits.key.textBytes = anyLimit(&random)
    limits.key.streams = anyLimit(&random)
    limits.key.producers = anyLimit(&random)
    limits.key.connections = anyLimit(&random)
    limits.key.subscriptions = anyLimit(&random)
    limits.streams = (0..<Int.random(in: 0...2, using: &random)).map { index in
        var stream = StreamLimits()
        stream.prefix = "\(index)" + anyText(&random)
        stream.rates = anyRates(&random)
        stream.textBytes = anyLimit(&random)
        stream.producers = anyLimit(&random)
        return stream
    }
    return limits
}

private func anyLimit(_ random: inout SeededRandom) -> Int {
    Bool.random(using: &random) ? .max : .random(in: 1...1 << 20, using: &random)
}

private func anyRates(_ random: inout SeededRandom) -> RateSettings {
    var rates = RateSettings()
    rates.messagesPerSecond = anyLimit(&random)
    rates.bytesPerSecond = anyLimit(&random)
    if rates.messagesPerSecond < .max {
        rates.messageBurst = anyOptional(.random(in: 1...1 << 32, using: &random), &random)
    }
    if rates.bytesPerSecond < .max {
        rates.byteBurst = anyOptional(.random(in: 1...1 << 32, using: &random), &random)
    }
    return rates
}

private func anyInput(_ random: inout SeededRandom, _ port: inout Int) throws -> Configuration.Input
{
    var input = Configuration.Input()
    input.kind = Configuration.Input.Kind.allCases.randomElement(using: &random)!
    (input.bind, input.connect) = try anyEndpoints(&random, &port)
    input.stream = try StreamID(anyText(&random, controls: false))
    input.more = .random(using: &random)
    if input.kind == .sub {
        input.subscribe = (0..<Int.random(in: 0...3, using: &random)).map { _ in anyText(&random) }
    }
    input.socket = anySocketOptions(&random)
    return input
}

private func anyOutput(_ random: inout SeededRandom, _ port: inout Int) throws
    -> Configuration.Output
{
    var output = Configuration.Output()
    output.kind = Configuration.Output.Kind.allCases.randomElement(using: &random)!
    (output.bind, output.connect) = try anyEndpoints(&random, &port)
    output.events = Array(
        EventKind.allCases.shuffled(using: &random).prefix(.random(in: 1...4, using: &random)))
    let tokens = UInt64.random(in: 1...UInt64(Int.max), using: &random)
    let cadences: [Cadence] = [.everyToken, .everyMessage, .everyTokens(tokens), .never]
    output.nextEvery = cadences.randomElement(using: &random)!
    output.sentimentEvery = (cadences + [.everyTokenAndMessage]).randomElement(using: &random)!
    output.slowReader = Bool.random(using: &random) ? .block : .drop
    output.readerBytes = Int.random(in: 1 << 16...1 << 40, using: &random)
    if output.slowReader == .block {
        output.blockTimeout = Bool.random(using: &random) ? nil : .milliseconds(1500)
        if output.kind == .xpub { output.blockThen = .drop }
    }
    output.socket = anySocketOptions(&random)
    return output
}

private func anyEndpoints(
    _ random: inout SeededRandom, _ port: inout Int
) throws -> ([Endpoint], [Endpoint]) {
    let bind = try (0..<Int.random(in: 1...2, using: &random)).map { _ in
        port += 1
        let texts = [
            "tcp://*:\(port)", "ipc:///tmp/\(port) \"x\"", "inproc://\\\(port)", "tcp://[::1]:*",
        ]
        return try Endpoint(texts.randomElement(using: &random)!, for: .bind)
    }
    let connect = try (0..<Int.random(in: 0...2, using: &random)).map { _ in
        port += 1
        return try Endpoint("tcp://host-\(port):\(port)", for: .connect)
    }
    return (bind, connect)
}

private func anyEngine(_ random: inout SeededRandom) -> Configuration.EngineSection {
    var engine = Configuration.EngineSection()
    engine.threads = anyOptional(.random(in: 1...1024, using: &random), &random)
    engine.maxBatch = .random(in: 1...4096, using: &random)
    engine.top = .random(in: 1...Kernels.maxTop, using: &random)
    engine.kernelTier = anyOptional(KernelTier.available.randomElement(using: &random)!, &random)
    engine.inputTable = .random(using: &random)
    engine.inputTableBytes = .random(in: 0...1 << 40, using: &random)
    engine.maxStreams = .random(in: 1...1_000_000_000, using: &random)
    engine.queueBytes = .random(in: 1024...1 << 40, using: &random)
    engine.idleFlush = anyOptional(anyDuration(&random, 1), &random)
    return engine
}

private func anySocketOptions(_ random: inout SeededRandom) -> SocketOptions {
    var options = SocketOptions()
    options.sendHighWaterMark = .random(in: 0...1 << 30, using: &random)
    options.receiveHighWaterMark = .random(in: 0...1 << 30, using: &random)
    options.linger = anyDuration(&random, 0)
    options.maxMessageSize = anyOptional(.random(in: 1...1 << 40, using: &random), &random)
    options.reconnectInterval = anyDuration(&random, 1)
    options.reconnectIntervalMax = anyDuration(&random, 0)
    options.handshakeInterval = anyOptional(anyDuration(&random, 1), &random)
    options.tcpKeepalive = anyOptional(.init(), &random)
    options.tcpKeepalive?.idle = .seconds(Int.random(in: 1...32_767, using: &random))
    options.tcpKeepalive?.interval = .seconds(Int.random(in: 1...32_767, using: &random))
    options.tcpKeepalive?.count = .random(in: 1...100, using: &random)
    options.heartbeat = anyOptional(.init(), &random)
    options.heartbeat?.interval = anyDuration(&random, 1)
    options.heartbeat?.timeout = anyDuration(&random, 1)
    options.heartbeat?.timeToLive = anyOptional(.milliseconds(2500), &random)
    options.immediate = .random(using: &random)
    options.ipv6 = .random(using: &random)
    options.backlog = anyOptional(.random(in: 1...1 << 20, using: &random), &random)
    return options
}

private func anyOptional<Value>(_ value: Value, _ random: inout SeededRandom) -> Value? {
    Bool.random(using: &random) ? value : nil
}

/// From so many milliseconds to a day.
private func anyDuration(_ random: inout SeededRandom, _ least: Int64) -> Duration {
    .milliseconds(Int64.random(in: least...86_400_000, using: &random))
}

private func anyText(_ random: inout SeededRandom, controls: Bool = true) -> String {
    let plain: [Character] = [
        "a", "Z", "9", " ", "\"", "\\", "'", "#", "=", "[", "]", ".", "é", "文", "🙂",
    ]
    let alphabet = plain + (controls ? ["\n", "\t", "\r", "\u{1B}", "\u{7F}"] : [])
    return String(
        (0..<Int.random(in: 1...12, using: &random)).map { _ in
            alphabet.randomElement(using: &random)!
        })
}
