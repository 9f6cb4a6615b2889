import Daemon
import Engine
import Foundation
import HTTP
import Kernels
import Logging
import StrictTOML
import TestSupport
import Testing
import Wire
import ZeroMQ

@Suite struct ConfigurationReadingTests {
    @Test func withoutAFileItIsTheDocumentedDefault() throws {
        let configuration = try Configuration(document: "", source: "test")
        #expect(configuration == Configuration())
        #expect(configuration.inputs.map(\.kind) == [.sub, .pull, .router])
        #expect(
            configuration.inputs.flatMap(\.bind).map(\.text)
                == ["tcp://127.0.0.1:5601", "tcp://127.0.0.1:5603", "tcp://127.0.0.1:5604"])
        #expect(configuration.outputs.map(\.kind) == [.xpub])
        #expect(configuration.outputs[0].bind.map(\.text) == ["tcp://127.0.0.1:5602"])
    }

    @Test func readsEveryKey() throws {
        let configuration = try Configuration(document: Self.everyKey, source: "test")
        #expect(configuration.model == "/models/mine")

        let input = try #require(configuration.inputs.first)
        #expect(configuration.inputs.count == 1)
        #expect(input.kind == .sub)
        #expect(input.bind.map(\.text) == ["tcp://*:7001", "ipc:///run/sluice/in"])
        #expect(input.connect.map(\.text) == ["tcp://10.0.0.7:7001"])
        #expect(input.serverKey == "publisher.key")
        #expect(input.stream.text == "wire")
        #expect(input.more)
        #expect(input.subscribe == ["a/", "b/"])
        #expect(input.socket == Self.everySocketOption)

        let output = try #require(configuration.outputs.first)
        #expect(output.kind == .push)
        #expect(output.connect.map(\.text) == ["tcp://collector:7002"])
        #expect(output.serverKey == "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7")
        #expect(output.events == [.sentiment, .error])
        #expect(output.nextEvery == .everyMessage)
        #expect(output.sentimentEvery == .everyTokens(16))
        #expect(output.slowReader == .block && output.blockTimeout == .seconds(2))
        #expect(output.readerBytes == 1 << 20)
        #expect(configuration.outputs[1].blockTimeout == nil)
        #expect(configuration.outputs[1].blockThen == .drop)
        #expect(configuration.outputs[2].slowReader == .disconnect)
        #expect(configuration.outputs[2].readerTimeout == .seconds(30))
        #expect(output.profile.next == .never)
        #expect(output.profile.sentiment == .everyTokens(16))
        #expect(!output.profile.stream && output.profile.error)

        let engine = configuration.engineOptions
        #expect(engine.shards == 3 && engine.maxBatch == 128 && engine.top == 7)
        #expect(engine.kernelTier == .portable && !configuration.engine.inputTable)
        #expect(engine.maxStreams == 1000 && engine.queueBytes == 65536)
        #expect(engine.idleFlush == .milliseconds(1500))
        #expect(configuration.http.bind?.map(\.text) == ["tcp://127.0.0.1:7005", "tcp://*:7006"])
        #expect(configuration.http.tokenFile == "/run/sluice/token")
        #expect(configuration.http.limits == Self.everyHTTPLimit)
        let access = configuration.access
        #expect(access.serverKey == "/etc/sluice/server.key_secret")
        #expect(access.keys == "/etc/sluice/keys.toml" && access.allowInsecure)
        #expect(access.ipcMode == 0o660 && access.ipcGroup == "readers")
        #expect(configuration.limits == Self.everyLimit)
        #expect(configuration.log.level == .debug)
        #expect(configuration.log.statisticsEvery == nil)
        #expect(configuration.shutdown.timeout == .milliseconds(250))
    }

    /// As the example says, what is left out has its default.
    @Test func aSocketWithoutATypeHasTheDefault() throws {
        let configuration = try Configuration(
            document: """
                [[input]]
                bind = ["inproc://in"]
                [[output]]
                bind = ["inproc://out"]
                """, source: "test")
        #expect(configuration.inputs.map(\.kind) == [.sub])
        #expect(configuration.outputs.map(\.kind) == [.xpub])
    }

    @Test func aRelativeModelFolderStartsFromTheFile() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "sluice.toml")
        try Data("model = \"models/mine\"\n".utf8).write(to: file)
        let configuration = try Configuration(file: file.path)
        #expect(configuration.model == folder.appending(path: "models/mine").path)
    }

    @Test func keysStartFromTheFileAndCredentialsDoNot() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "[access]\nserver_key = \"s.key_secret\"\nkeys = \"keys.toml\"", to: "sluice.toml")
        let access = try Configuration(file: file).access
        #expect(access.serverKey == folder.path("s.key_secret"))
        #expect(access.keys == folder.path("keys.toml"))
        _ = try folder.write(
            "[access]\nserver_key = \"credential:s\"\nkeys = \"/keys.toml\"", to: "sluice.toml")
        #expect(try Configuration(file: file).access.serverKey == "credential:s")
    }

    @Test func keysOfServersStartFromTheFileToo() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            """
            access.server_key = "s"
            access.keys = "k"
            http.token_file = "token"
            [[input]]
            connect = ["tcp://a:1"]
            server_key = "a.key"
            [[output]]
            connect = ["tcp://b:1"]
            server_key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
            """, to: "sluice.toml")
        let configuration = try Configuration(file: file)
        #expect(configuration.inputs[0].serverKey == folder.path("a.key"))
        #expect(configuration.outputs[0].serverKey == "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7")
        #expect(configuration.http.tokenFile == folder.path("token"))
    }

    @Test(arguments: ["127.0.0.1", "127.8.8.8", "localhost", "[::1]", "lo"])
    func loopbackNeedsNoKey(_ host: String) throws {
        _ = try Configuration(
            document: "[[input]]\nbind = [\"tcp://\(host):7001\"]", source: "test")
    }

    @Test(arguments: ["*", "0.0.0.0", "10.0.0.1", "[::]", "eth0", "127.example.org"])
    func whatOthersCanReachNeedsAKey(_ host: String) throws {
        for table in ["[[input]]", "[[output]]", "[control]"] {
            let document = "\(table)\nbind = [\"tcp://\(host):7001\"]\n"
            #expect(throws: ConfigurationError.self, "\(document)") {
                _ = try Configuration(document: document, source: "test")
            }
            _ = try Configuration(
                document: document + "[access]\nallow_insecure = true", source: "test")
            _ = try Configuration(
                document: document + "[access]\nserver_key = \"s\"\nkeys = \"k\"", source: "test")
        }
    }

    /// The example explains each key beside its default, so it must read as the defaults.
    @Test func theExampleIsTheDefault() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let configuration = try Configuration(
            file: root.appending(path: "deploy/configuration/sluice.toml").path)
        #expect(configuration == Configuration())
    }

    static let everyLimit = {
        var limits = Configuration().limits
        limits.maxTextBytes = 4096
        (limits.handshakes, limits.addressHandshakes) = (.max, 7)
        (limits.halfOpen, limits.addressHalfOpen) = (8, 9)
        limits.idleTimeout = .seconds(10)
        (limits.streamsInUse, limits.useWindow) = (11, .seconds(12))
        limits.connection.messagesPerSecond = 13
        limits.connection.messageBurst = 14
        limits.key.rates.bytesPerSecond = 15
        limits.key.rates.byteBurst = 16
        (limits.key.textBytes, limits.key.streams, limits.key.producers) = (17, 18, 19)
        (limits.key.connections, limits.key.subscriptions) = (20, 21)
        var stream = StreamLimits()
        (stream.prefix, stream.textBytes, stream.producers) = ("a.", 23, 24)
        stream.rates.messagesPerSecond = 22
        limits.streams = [stream, StreamLimits()]
        return limits
    }()

    static let everySocketOption = {
        var options = SocketOptions()
        options.sendHighWaterMark = 10
        options.receiveHighWaterMark = 0
        options.linger = .seconds(2)
        options.maxMessageSize = 1 << 20
        options.reconnectInterval = .milliseconds(50)
        options.reconnectIntervalMax = .seconds(1)
        options.handshakeInterval = .seconds(3)
        options.tcpKeepalive?.idle = .seconds(30)
        options.tcpKeepalive?.interval = .seconds(5)
        options.tcpKeepalive?.count = 3
        var heartbeat = SocketOptions.Heartbeat()
        heartbeat.interval = .seconds(1)
        heartbeat.timeout = .seconds(4)
        heartbeat.timeToLive = .seconds(6)
        options.heartbeat = heartbeat
        options.immediate = true
        options.ipv6 = true
        options.backlog = 50
        return options
    }()

    static let everyHTTPLimit = {
        var limits = HTTPLimits()
        limits.connections = 3
        limits.headBytes = 2048
        limits.bodyBytes = 0
        limits.requestTime = .seconds(1)
        limits.responseTime = .seconds(2)
        limits.idleTime = .seconds(3)
        return limits
    }()

    static let everyKey = """
        model = "/models/mine"

        [[input]]
        type = "sub"
        bind = ["tcp://*:7001", "ipc:///run/sluice/in"]
        connect = ["tcp://10.0.0.7:7001"]
        server_key = "publisher.key"
        stream = "wire"
        more = true
        subscribe = ["a/", "b/"]

        [input.socket]
        send_high_water_mark = 10
        receive_high_water_mark = 0
        linger = "2s"
        max_message_size = 1_048_576
        reconnect_interval = "50ms"
        reconnect_interval_max = "1000ms"
        handshake_interval = "3s"
        tcp_keepalive = { idle = "0.5m", interval = "5s", count = 3 }
        heartbeat = { interval = "1s", timeout = "4s", time_to_live = "6s" }
        immediate = true
        ipv6 = true
        backlog = 50

        [[output]]
        type = "push"
        connect = ["tcp://collector:7002"]
        server_key = "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"
        events = ["sentiment", "error"]
        next_every = "message"
        sentiment_every = 16
        slow_reader = "block"
        block_timeout = "2s"
        reader_bytes = 1_048_576

        [[output]]
        type = "xpub"
        bind = ["tcp://*:7003"]
        slow_reader = "block"
        block_then = "drop"

        [[output]]
        type = "xpub"
        bind = ["tcp://*:7004"]
        slow_reader = "disconnect"
        reader_timeout = "30s"

        [engine]
        threads = 3
        max_batch = 128
        top = 7
        kernel_tier = "portable"
        input_table = false
        max_streams = 1000
        queue_bytes = 65536
        idle_flush = "1.5s"

        [http]
        bind = ["tcp://127.0.0.1:7005", "tcp://*:7006"]
        token_file = "/run/sluice/token"
        connections = 3
        head_bytes = 2048
        body_bytes = 0
        request_timeout = "1s"
        response_timeout = "2s"
        idle_timeout = "3s"

        [access]
        server_key = "/etc/sluice/server.key_secret"
        keys = "/etc/sluice/keys.toml"
        allow_insecure = true
        ipc_mode = "0660"
        ipc_group = "readers"

        [limits]
        max_text_bytes = 4096
        handshakes = "unlimited"
        address_handshakes = 7
        half_open = 8
        address_half_open = 9
        idle_timeout = "10s"
        streams_in_use = 11
        use_window = "12s"

        [limits.connection]
        messages_per_second = 13
        message_burst = 14

        [limits.key]
        bytes_per_second = 15
        byte_burst = 16
        max_text_bytes = 17
        streams = 18
        producers = 19
        connections = 20
        subscriptions = 21

        [[limits.stream]]
        prefix = "a."
        messages_per_second = 22
        max_text_bytes = 23
        producers = 24

        [[limits.stream]]

        [log]
        level = "debug"
        statistics_every = "never"

        [shutdown]
        timeout = "250ms"
        """
}
