import Engine
import Foundation
import Logging
import StrictTOML
import TestSupport
import Testing
import Wire
import ZeroMQ

@testable import Daemon

/// Defaults, file, environment, flags: the later override the earlier, and all mistakes are told.
@Suite struct ConfigurationSourceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func read(
        _ document: String = "", _ environment: [String: String] = [:],
        flags: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) throws -> Configuration {
        try source(document, environment, flags: flags).read()
    }

    private func source(
        _ document: String, _ environment: [String: String],
        flags: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) throws -> ConfigurationSource {
        ConfigurationSource(
            file: try folder.write(document, to: "sluice.toml"), environment: environment,
            flags: flags)
    }

    private func problems(
        _ document: String = "", _ environment: [String: String] = [:],
        flags: @escaping @Sendable (inout Configuration) -> Void = { _ in }
    ) throws -> [String] {
        let source = try source(document, environment, flags: flags)
        return source.examine().error.lines.map {
            $0.replacingOccurrences(of: folder.path + "/", with: "")
        }
    }

    @Test func eachOverridesTheOneBefore() throws {
        let document = "[engine]\ntop = 2\nthreads = 2\nmax_batch = 2"
        let variables = ["SLUICE_ENGINE_THREADS": "3", "SLUICE_ENGINE_MAX_BATCH": "3"]
        let engine = try read(document, variables) { $0.engine.maxBatch = 4 }.engine
        #expect(engine.top == 2 && engine.threads == 3 && engine.maxBatch == 4)
        #expect(engine.queueBytes == Configuration().engine.queueBytes)
    }

    @Test func everyKindOfValueCanBeWritten() throws {
        let configuration = try read(
            """
            [[input]]
            type = "sub"
            connect = ["tcp://a:1"]
            """,
            [
                "SLUICE_ACCESS_ALLOW_INSECURE": "true",
                "SLUICE_MODEL": "models/mine", "SLUICE_ENGINE_THREADS": "auto",
                "SLUICE_ENGINE_INPUT_TABLE": "false", "SLUICE_LIMITS_MAX_TEXT_BYTES": "1000",
                "SLUICE_LOG_LEVEL": "debug", "SLUICE_LOG_STATISTICS_EVERY": "never",
                "SLUICE_SHUTDOWN_TIMEOUT": "\"3s\"",
                "SLUICE_INPUT_0_CONNECT": "tcp://b:1, tcp://c:1", "SLUICE_INPUT_0_STREAM": "17",
                "SLUICE_INPUT_0_SOCKET_LINGER": "5s", "SLUICE_INPUT_0_SOCKET_HEARTBEAT": "true",
                "SLUICE_INPUT_0_SOCKET_TCP_KEEPALIVE_COUNT": "3",
                "SLUICE_OUTPUT_0_EVENTS": "[\"next\", \"error\"]",
                "SLUICE_OUTPUT_0_NEXT_EVERY": "8", "SLUICE_OUTPUT_0_SENTIMENT_EVERY": "message",
                "SLUICE_CONTROL_BIND": "",
            ])
        #expect(configuration.model == "models/mine")
        #expect(configuration.engine.threads == nil && !configuration.engine.inputTable)
        #expect(configuration.limits.maxTextBytes == 1000)
        #expect(configuration.log.level == .debug && configuration.log.statisticsEvery == nil)
        #expect(configuration.shutdown.timeout == .seconds(3))
        let input = configuration.inputs[0]
        #expect(input.connect.map(\.text) == ["tcp://b:1", "tcp://c:1"])
        #expect(input.stream.text == "17")
        #expect(input.socket.linger == .seconds(5) && input.socket.heartbeat == .init())
        #expect(input.socket.tcpKeepalive?.count == 3)
        let output = configuration.outputs[0]
        #expect(output.events == [.next, .error] && output.nextEvery == .everyTokens(8))
        #expect(output.sentimentEvery == .everyMessage)
        #expect(output.bind == Configuration.Output.defaults[0].bind)
        #expect(configuration.control.bind == [])
    }

    @Test func tablesAreNumbered() throws {
        let configuration = try read(
            "",
            [
                "SLUICE_INPUT_1_BIND": "tcp://127.0.0.1:1",
                "SLUICE_INPUT_3_BIND": "tcp://127.0.0.1:3",
                "SLUICE_INPUT_3_TYPE": "pull",
            ])
        #expect(configuration.inputs.map(\.kind) == [.sub, .pull, .router, .pull])
        #expect(configuration.inputs[0] == Configuration.Input.defaults[0])
        #expect(configuration.inputs[1].bind.map(\.text) == ["tcp://127.0.0.1:1"])
        #expect(configuration.inputs[3].bind.map(\.text) == ["tcp://127.0.0.1:3"])
        #expect(
            try problems("", ["SLUICE_OUTPUT_2_BIND": "tcp://127.0.0.1:1"]).first?
                .hasPrefix("SLUICE_OUTPUT_2_BIND: output[2].bind: there is no table") == true)
    }

    @Test func otherProgramsVariablesAreNotKeys() throws {
        let configuration = try read(
            "",
            [
                "SLUICE_KERNEL_TIER": "avx2", "SLUICE_PORT": "tcp://10.0.0.1:5602",
                "SLUICE_PORT_5602_TCP_ADDR": "10.0.0.1", "SLUICE_SERVICE_HOST": "10.0.0.1",
                "SLUICE_EVENTS_SERVICE_PORT_OUT": "5602", "SLUICER_X": "1", "PATH": "/bin",
            ])
        #expect(configuration == Configuration())
    }

    @Test func everyMistakeIsToldAtOnce() throws {
        let found = try problems(
            """
            modle = "x"
            [[input]]
            type = "pull"
            bind = ["tcp://127.0.0.1:7001"]
            [[output]]
            bind = ["tcp://127.0.0.1:7001"]
            [limits]
            max_text_bytes = "many"
            message_bytes = 2048
            """,
            ["SLUICE_ENGINE_TRHEADS": "4", "SLUICE_LOG_LEVEL": "loud"]
        ) { $0.engine.top = 0 }
        let expected = [
            "SLUICE_ENGINE_TRHEADS: no key has this variable; did you mean SLUICE_ENGINE_THREADS?",
            "sluice.toml:1:1: modle: unknown key; did you mean 'model'?",
            "sluice.toml:8:1: limits.max_text_bytes: found the string \"many\"",
            "SLUICE_LOG_LEVEL: log.level: found the string \"loud\"",
            "flags: engine.top: found the integer 0",
            "sluice.toml:6:1: output[0].bind[0]: tcp://127.0.0.1:7001 is taken already",
        ]
        #expect(found.count == expected.count, "\(found)")
        for line in expected {
            #expect(found.contains { $0.hasPrefix(line) }, "\(line) in \(found)")
        }
    }

    @Test func aSyntaxErrorIsToldBesideTheEnvironments() throws {
        let found = try problems("[engine\ntop = 1", ["SLUICE_LOG_LEVEL": "loud"])
        #expect(found.count == 2)
        #expect(found.contains { $0.hasPrefix("sluice.toml:1:") }, "\(found)")
    }

    @Test func foldersThatAreMissingAreTold() throws {
        var reading = try source(
            """
            [[input]]
            bind = ["ipc:///nowhere/in"]
            [journal]
            path = "\(folder.path)"
            """, [:]
        ).examine()
        reading.addSurroundings([:])
        #expect(reading.problems.map(\.key) == ["input[0].bind[0]", "journal.path"])
        #expect(reading.problems.map { $0.position?.line } == [2, 4])
    }
}
