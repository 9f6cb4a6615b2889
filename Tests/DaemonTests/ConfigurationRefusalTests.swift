import Daemon
import Kernels
import StrictTOML
import Testing

/// Every kind of mistake, with the place and the words that must be in the message.
@Suite struct ConfigurationRefusalTests {
    struct Case: CustomTestStringConvertible {
        let document: String
        /// `line:column` and key, as in the message.
        let place: String
        let words: [String]
        var testDescription: String { place }

        init(_ document: String, _ place: String, _ words: String...) {
            self.document = document
            self.place = place
            self.words = words
        }
    }

    static let cases: [Case] = [
        // No TOML.
        Case("model = ", "1:", "Error"),
        Case("top = 1\n\ntop = 2\n", "3:", "top"),
        Case("[engine]\ntop = 1\n[engine]\n", "3:", "engine"),
        Case("model = \"a\"\nb\0c", "2:2:", "NUL"),
        // Unknown keys.
        Case("modle = \"x\"", "1:1: modle:", "unknown key", "did you mean 'model'?"),
        Case("[engine]\n  thread = 2", "2:3: engine.thread:", "'threads'"),
        Case("[engin]\ntop = 1", "1:1: engin:", "'engine'"),
        Case("[log]\nqqqqqqqq = 1", "2:1: log.qqqqqqqq:", "known here: level, format"),
        Case(
            sub("socket = { lingr = \"1s\" }"), "4:1: input[0].socket.lingr:", "'linger'"),
        Case(
            sub("[input.socket]\ntcp_keepalive = { idel = \"1s\" }"),
            "5:1: input[0].socket.tcp_keepalive.idel:", "'idle'"),
        // Wrong types.
        Case("model = 3", "1:1: model:", "the integer 3", "the path of a model's folder"),
        Case("model = \"\"", "1:1: model:", "the string \"\""),
        Case("engine = 1", "1:1: engine:", "the integer 1", "a table"),
        Case("input = \"x\"", "1:1: input:", "the string \"x\"", "an array"),
        Case("input = [1]", "1:1: input[0]:", "the integer 1", "a table"),
        Case("[engine]\ntop = \"5\"", "2:1: engine.top:", "an integer from 1 to \(Kernels.maxTop)"),
        Case("[engine]\ntop = 5.0", "2:1: engine.top:", "the number 5.0"),
        Case("[engine]\ntop = 2026-01-01", "2:1: engine.top:", "a date"),
        Case("[engine]\ninput_table = \"yes\"", "2:1: engine.input_table:", "true or false"),
        Case(sub("connect = \"tcp://h:1\""), "4:1: input[0].connect:", "an array"),
        Case(sub("connect = [7]"), "4:1: input[0].connect[0]:", "an endpoint such as"),
        Case(sub("stream = 7"), "4:1: input[0].stream:", "a stream id"),
        Case(sub("subscribe = [7]"), "4:1: input[0].subscribe[0]:", "beginning of a stream id"),
        // Out of range.
        Case("[engine]\ntop = 0", "2:1: engine.top:", "the integer 0", "an integer from 1 to"),
        Case(
            "[engine]\nthreads = 0", "2:1: engine.threads:", "from 1 to 1024", "or \"auto\""),
        Case("[engine]\nmax_batch = 5000", "2:1: engine.max_batch:", "from 1 to 4096"),
        Case(
            "[engine]\nmax_streams = 9223372036854775807", "2:1: engine.max_streams:",
            "the integer 9223372036854775807"),
        Case("[engine]\nidle_flush = \"0s\"", "2:1: engine.idle_flush:", "\"1ms\"", "\"never\""),
        Case("[engine]\nidle_flush = 2", "2:1: engine.idle_flush:", "such as \"250ms\""),
        Case("[engine]\nidle_flush = \"2 s\"", "2:1: engine.idle_flush:", "a duration"),
        Case("[engine]\nidle_flush = \"-2s\"", "2:1: engine.idle_flush:", "a duration"),
        Case("[shutdown]\ntimeout = \"99999h\"", "2:1: shutdown.timeout:", "\"24h\""),
        Case("[limits]\nmax_text_bytes = 0", "2:1: limits.max_text_bytes:", "from 1 to"),
        Case(
            "[limits]\nmessage_bytes = 2048", "2:1: limits.message_bytes:",
            "at least max_text_bytes, 16777216"),
        Case(
            "[limits]\ntotal_bytes = 100000", "2:1: limits.total_bytes:",
            "at least twice message_bytes, 136314880"),
        Case(
            "[limits]\nmessage_bytes = \"none\"", "2:1: limits.message_bytes:", "or \"auto\""),
        Case("[limits]\nhandshakes = 0", "2:1: limits.handshakes:", "or \"unlimited\""),
        Case("[limits]\nidle_timeout = \"1ms\"", "2:1: limits.idle_timeout:", "or \"never\""),
        Case(
            "[limits.connection]\nmessages_per_second = \"many\"",
            "2:1: limits.connection.messages_per_second:", "or \"unlimited\""),
        Case(
            "[limits.key]\nbyte_burst = 5", "2:1: limits.key.byte_burst:",
            "no meaning without bytes_per_second"),
        Case("[limits.key]\nstreem = 5", "2:1: limits.key.streem:", "'streams'"),
        Case(
            "[[limits.stream]]\nmessage_burst = 5", "2:1: limits.stream[0].message_burst:",
            "messages_per_second"),
        Case(
            "[[limits.stream]]\nprefix = \"a\"\n[[limits.stream]]\nprefix = \"a\"",
            "4:1: limits.stream[1].prefix:", "limits.stream[0]"),
        Case("[limits]\ntopic_bytes = 0", "2:1: limits.topic_bytes:", "from 1 to 65536"),
        Case("[log]\nstatistics_every = \"1ms\"", "2:1: log.statistics_every:", "\"1s\""),
        Case(
            sub("socket = { linger = \"never\" }"), "4:1: input[0].socket.linger:",
            "a duration"),
        Case(
            sub("socket = { max_message_size = 0 }"), "4:1: input[0].socket.max_message_size:",
            "\"unlimited\""),
        Case(
            sub("socket = { tcp_keepalive = 3 }"), "4:1: input[0].socket.tcp_keepalive:",
            "a table"),
        // Not one of the names.
        Case("[log]\nlevel = \"loud\"", "2:1: log.level:", "\"warning\""),
        Case(
            "[engine]\nkernel_tier = \"avx9000\"", "2:1: engine.kernel_tier:",
            "this processor can run", "\"portable\"", "or \"best\""),
        Case("[[input]]\ntype = \"dealer\"", "2:1: input[0].type:", "\"sub\", \"pull\""),
        Case("[[output]]\ntype = \"pub\"", "2:1: output[0].type:", "\"xpub\", \"push\""),
        Case(xpub("events = [\"nxt\"]"), "4:1: output[0].events[0]:", "\"next\""),
        Case(xpub("slow_reader = \"wait\""), "4:1: output[0].slow_reader:", "\"block\""),
        Case(xpub("block_timeout = \"1s\""), "4:1: output[0].block_timeout:", "has no meaning"),
        Case(xpub("reader_timeout = \"1s\""), "4:1: output[0].reader_timeout:", "has no meaning"),
        Case(
            xpub("slow_reader = \"block\"\nblock_timeout = \"1ms\""),
            "5:1: output[0].block_timeout:", "100ms"),
        Case(
            "[[output]]\ntype = \"push\"\nbind = [\"tcp://127.0.0.1:1\"]\nslow_reader = \"disconnect\"",
            "4:1: output[0].slow_reader:", "\"block\" or \"drop\""),
        Case(
            "[[output]]\ntype = \"xpub\"\nconnect = [\"ipc://a\"]\nslow_reader = \"disconnect\"",
            "4:1: output[0].slow_reader:", "'connect'"),
        Case(xpub("next_every = \"token+message\""), "4:1: output[0].next_every:", "\"token\""),
        Case(xpub("sentiment_every = 0"), "4:1: output[0].sentiment_every:", "from 1"),
        // Endpoints and streams.
        Case(sub("connect = [\"tcp://:5\"]"), "4:1: input[0].connect[0]:", "tcp://:5"),
        Case(sub("connect = [\"udp://h:5\"]"), "4:1: input[0].connect[0]:", "udp"),
        Case(sub("connect = [\"tcp://*:5\"]"), "4:1: input[0].connect[0]:", "binding"),
        Case(sub("stream = \"\""), "4:1: input[0].stream:", "1 to 200 bytes"),
        Case(sub("stream = \"a\\u0007\""), "4:1: input[0].stream:", "control character"),
        // Over HTTP.
        Case("[http]\nbind = [\"ipc:///a\"]", "2:1: http.bind[0]:", "expected tcp://"),
        Case("[http]\nbind = [\"tcp://*:1\"]", "2:1: http.bind[0]:", "http.token_file"),
        Case("[http]\nbind = [\"tcp://10.0.0.1:1\"]", "2:1: http.bind[0]:", "http.token_file"),
        Case("[http]\ntoken_file = \"\"", "2:1: http.token_file:", "the path of a file"),
        Case("[http]\ntoken = \"a\"", "2:1: http.token:", "token_file"),
        Case("[http]\nhead_bytes = 1", "2:1: http.head_bytes:", "from 1024"),
        Case(
            "[http]\nbind = [\"tcp://127.0.0.1:5601\"]", "2:1: http.bind[0]:", "taken already"),
        // Each key right, together wrong.
        Case("input = []", "1:1: input:", "at least one"),
        Case("output = []", "1:1: output:", "at least one"),
        Case("[[input]]\ntype = \"sub\"", "1:1: input[0]:", "no endpoint", "'bind'"),
        Case(xpub("events = []"), "4:1: output[0].events:", "at least one"),
        Case(
            "[[input]]\ntype = \"pull\"\nbind = [\"tcp://127.0.0.1:1\"]\nsubscribe = [\"\"]",
            "4:1: input[0].subscribe:", "has no meaning"),
        Case(
            sub("connect = [\"tcp://127.0.0.1:1\", \"tcp://127.0.0.1:1\"]"),
            "4:1: input[0].connect[1]:", "input[0].connect[0]"),
        Case(
            sub("connect = [\"tcp://a:1\"]"), "4:1: input[0].connect[0]:", "server_key",
            "access.allow_insecure"),
        Case(
            xpub("connect = [\"tcp://127.0.0.1:1\"]\nserver_key = \"a.key\""),
            "5:1: output[0].server_key:", "access.server_key"),
        Case(
            sub("server_key = \"a.key\""), "4:1: input[0].server_key:", "has no effect"),
        Case(sub("server_key = \"\""), "4:1: input[0].server_key:", "40 characters"),
        Case(
            sub("") + "\n[[input]]\ntype = \"pull\"\nbind = [\"tcp://127.0.0.1:7001\"]",
            "7:1: input[1].bind[0]:", "taken already", "input[0].bind[0]"),
        Case(
            sub("") + "\n[[output]]\ntype = \"xpub\"\nbind = [\"tcp://localhost:7001\"]",
            "7:1: output[0].bind[0]:", "taken already", "tcp://127.0.0.1:7001"),
        Case(
            "[[input]]\nbind = [\"tcp://*:1\"]", "2:1: input[0].bind[0]:", "access.server_key",
            "access.allow_insecure"),
        Case("[access]\nserver_key = \"s\"", "1:1: access.keys:", "missing"),
        Case("[access]\nkeys = \"k\"", "1:1: access.server_key:", "missing"),
        Case("[access]\nipc_mode = \"0066\"", "2:1: access.ipc_mode:", "owner"),
        Case("[access]\nipc_mode = \"0700\"", "2:1: access.ipc_mode:", "owner"),
        Case("[access]\nipc_mode = 660", "2:1: access.ipc_mode:", "\"0660\""),
    ]

    @Test(arguments: cases) func refuses(_ example: Case) throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(document: example.document, source: "my.toml")
        }
        #expect(error.description.hasPrefix("my.toml:\(example.place)"), "\(error)")
        for words in example.words { #expect(error.description.contains(words), "\(error)") }
    }

    @Test func namesAllProblemsAtOnce() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(
                document: "modle = 1\n[engine]\ntop = 0\nthreads = true\n[log]\nlevel = 1",
                source: "f")
        }
        #expect(
            error.problems.map(\.key) == ["modle", "engine.threads", "engine.top", "log.level"])
        #expect(error.problems.map { $0.position?.line } == [1, 4, 3, 6])
    }

    @Test(arguments: [
        ("tcp://127.0.0.1:7001", false), ("tcp://localhost:7001", false),
        ("tcp://0.0.0.0:7001", false), ("tcp://127.0.0.2:7001", true),
        ("tcp://127.0.0.1:7002", true), ("tcp://127.0.0.1:*", true),
        ("ipc:///tmp/a", true), ("inproc://a", true),
    ])
    func knowsWhichEndpointsExcludeEachOther(endpoint: String, isFree: Bool) {
        let document = """
            [[input]]
            type = "sub"
            bind = ["tcp://127.0.0.1:7001"]
            [[output]]
            type = "xpub"
            bind = ["\(endpoint)"]
            """
        let configuration = try? Configuration(document: document, source: "f")
        #expect((configuration != nil) == isFree)
    }

    @Test func sameIPCPathTwiceIsRefused() {
        #expect(throws: ConfigurationError.self) {
            try Configuration(
                document: xpubText("bind = [\"ipc:///a\", \"ipc:///a\"]"), source: "f")
        }
    }

    @Test func aFileThatIsNotThereIsNamed() throws {
        let error = try #require(throws: ConfigurationError.self) {
            try Configuration(file: "/nowhere/sluice.toml")
        }
        #expect(error.description == "/nowhere/sluice.toml: there is no such file")
    }

    @Test func whatWasPutTogetherIsCheckedToo() throws {
        var configuration = Configuration()
        try configuration.check(source: "flags")
        configuration.engine.threads = 0
        configuration.outputs = []
        let error = try #require(throws: ConfigurationError.self) {
            try configuration.check(source: "flags")
        }
        #expect(error.problems.map(\.key) == ["engine.threads", "output"])
    }

    private func xpubText(_ line: String) -> String { "[[output]]\ntype = \"xpub\"\n\(line)" }

    private static func sub(_ line: String) -> String {
        "[[input]]\ntype = \"sub\"\nbind = [\"tcp://127.0.0.1:7001\"]\n\(line)"
    }

    private static func xpub(_ line: String) -> String {
        "[[output]]\ntype = \"xpub\"\nbind = [\"tcp://127.0.0.1:7002\"]\n\(line)"
    }
}
