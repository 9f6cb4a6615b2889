import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Servers of others, encrypted and with a list of keys, where the daemon connects.
@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .blocking)
struct ServerKeyTests {
    /// A source (PUSH) and a collector (PULL), both with CURVE and with a ZAP handler that admits one
    /// key once it is told to. Prints the ports, what the collector gets, and "silent" where nothing came
    /// in a second.
    private static let servers = """
        import sys, zmq, zmq.auth, zmq.auth.thread
        folder = sys.argv[1]
        daemon, _ = zmq.auth.load_certificate(folder + "/daemon.key")
        public, secret = zmq.auth.load_certificate(folder + "/server.key_secret")
        class Keys:
            admitted = set()
            def callback(self, domain, key):
                return key in self.admitted
        keys = Keys()
        context = zmq.Context()
        handler = zmq.auth.thread.ThreadAuthenticator(context)
        handler.start()
        handler.configure_curve_callback("*", keys)
        def server(kind):
            socket = context.socket(kind)
            socket.linger, socket.curve_server = 0, True
            socket.curve_publickey, socket.curve_secretkey = public, secret
            return socket, socket.bind_to_random_port("tcp://127.0.0.1")
        source, source_port = server(zmq.PUSH)
        collector, collector_port = server(zmq.PULL)
        print(source_port, collector_port, flush=True)
        for line in sys.stdin:
            if line == "admit\\n":
                keys.admitted.add(daemon)
            if line == "send\\n":
                # Waits until the daemon has connected.
                if source.poll(20000, zmq.POLLOUT):
                    source.send_multipart([b"s", b"text"])
            if line == "listen\\n":
                print(collector.recv_multipart()[0].decode() if collector.poll(20000) else "silent",
                      flush=True)
            if line == "state\\n":
                # Nobody is connected: there is no room, and nothing has come.
                print(source.poll(0, zmq.POLLOUT), collector.poll(0), flush=True)
        handler.stop()
        context.destroy(linger=0)
        """

    private let folder: TemporaryFolder
    private let python: SluiceProcess
    private let ports: [Substring]

    init() throws {
        folder = try TemporaryFolder()
        for name in ["server", "daemon", "other"] {
            let made = try SluiceProcess.run(["keygen", name, "-o", folder.path])
            #expect(made.status == 0, "\(made.errors)")
        }
        python = try SluiceProcess(
            ["-c", Self.servers, folder.path], executable: SluiceProcess.python)
        try python.waitForOutput(containing: "\n")
        ports = python.outputSoFar.split { $0 == " " || $0 == "\n" }
    }

    private func order(_ line: String) throws {
        try python.input.write(contentsOf: Data((line + "\n").utf8))
    }

    private func daemon(serverKey: String?) throws -> ServedDaemon {
        try folder.write("", to: "keys.toml")
        let key = serverKey.map { "server_key = \"\($0)\"" } ?? ""
        let socket =
            "socket = { reconnect_interval = \"20ms\", reconnect_interval_max = \"100ms\" }"
        let daemon = try ServedDaemon(
            model: Repository.smallModel, [.control],
            keys: """
                [access]
                server_key = "\(folder.path("daemon.key_secret"))"
                keys = "\(folder.path("keys.toml"))"
                [[input]]
                type = "pull"
                connect = ["tcp://127.0.0.1:\(ports[0])"]
                \(key)
                \(socket)
                [[output]]
                type = "push"
                connect = ["tcp://127.0.0.1:\(ports[1])"]
                \(key)
                \(socket)
                slow_reader = "drop"
                """, folder: folder)
        return daemon
    }

    private func reload(_ daemon: ServedDaemon) throws -> SluiceProcess.Result {
        try SluiceProcess.run(
            ["ctl", "reload", "--to", try daemon.endpoint(.control).text])
    }

    @Test func aServerThatKnowsTheDaemonIsServed() throws {
        let daemon = try daemon(serverKey: folder.path("server.key"))
        // Refused so far; libzmq does not try again by itself.
        try daemon.process.waitForErrors(containing: "event=connect_failed code=key")
        try order("admit")
        try order("send")
        try order("listen")
        try python.waitForOutput("an event") { $0.hasSuffix("/s\n") }
        daemon.process.signal(SIGTERM)
        let result = try daemon.process.finish()
        #expect(result.status == 0, "\(result.errors)")
        #expect(try result.logged("stopped")["connect.failed.key"].flatMap { Int($0) } ?? 0 > 0)
        #expect(!result.errors.contains(try secret("daemon")))
    }

    @Test func anotherKeyOrNoneLetsNothingThroughUntilItIsCorrected() throws {
        try order("admit")
        let daemon = try daemon(serverKey: folder.path("other.key"))
        try daemon.process.waitForErrors(containing: "event=connect_failed code=handshake")
        try order("state")
        try python.waitForOutput("the state") { $0.hasSuffix("\n0 0\n") }
        // The right one, in place: the name of the file is the same.
        let right = try String(contentsOfFile: folder.path("server.key"), encoding: .utf8)
        try folder.write(right, to: "other.key")
        let reloaded = try reload(daemon)
        #expect(reloaded.status == 0, "\(reloaded.errors)")
        try order("send")
        try order("listen")
        try python.waitForOutput("an event") { $0.hasSuffix("/s\n") }
        // A reload with a key that cannot be read changes nothing.
        try FileManager.default.removeItem(atPath: folder.path("other.key"))
        let refused = try reload(daemon)
        #expect(refused.status == 78 && refused.errors.contains("input[0].server_key"))
        try order("send")
        try order("listen")
        try python.waitForOutput("two events") { $0.split(separator: "\n").count > 3 }
        try daemon.stop()
    }

    private func secret(_ name: String) throws -> String {
        let text = try String(contentsOfFile: folder.path("\(name).key_secret"), encoding: .utf8)
        let parts = text.components(separatedBy: "secret-key = \"")
        return String(try #require(parts.last).prefix(40))
    }

    @Test func withoutAKeyNothingIsConnectedToBeyondLoopback() throws {
        let file = try folder.write(
            """
            [[input]]
            type = "pull"
            connect = ["tcp://192.0.2.1:7"]
            """, to: "a.toml")
        let refused = try SluiceProcess.run(["serve", "--config", file, "--check"])
        #expect(refused.status == 78)
        #expect(refused.errors.contains("input[0].connect[0]"))
        #expect(refused.errors.contains("access.allow_insecure"))
        let allowed = try SluiceProcess.run(
            ["serve", "--config", file, "--check"],
            environment: ["SLUICE_ACCESS_ALLOW_INSECURE": "true"])
        #expect(allowed.status == 0, "\(allowed.errors)")
    }
}
