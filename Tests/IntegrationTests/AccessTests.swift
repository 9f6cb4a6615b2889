import Foundation
import TestSupport
import Testing
import ZeroMQ

/// Keys as an operator makes them, with the commands and with clients in Python.
@Suite(.blocking) struct AccessTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sluice(
        _ arguments: String..., input: String = "", environment: [String: String] = [:]
    ) throws -> SluiceProcess.Result {
        try SluiceProcess.run(arguments, input: input, environment: environment)
    }

    private func makeKey(_ name: String) throws {
        let made = try sluice("keygen", name, "-o", folder.path)
        #expect(made.status == 0 && made.output.contains("\(name).key_secret"), "\(made)")
    }

    private func addKey(_ name: String, _ arguments: String...) throws {
        let added = try SluiceProcess.run(
            [
                "key", "add", name, "--public", folder.path("\(name).key"), "--keys",
                folder.path("keys.toml"),
            ] + arguments)
        #expect(added.status == 0, "\(added.errors)")
    }

    private func secret(_ name: String) throws -> String {
        let text = try String(contentsOfFile: folder.path("\(name).key_secret"), encoding: .utf8)
        let parts = text.components(separatedBy: "secret-key = \"")
        return String(try #require(parts.last).prefix(40))
    }

    /// A daemon with encrypted sockets; keys are made before.
    private func daemon() throws -> ServedDaemon {
        try ServedDaemon(
            model: Repository.smallModel, [],
            keys: """
                [access]
                server_key = "\(folder.path("server.key_secret"))"
                keys = "\(folder.path("keys.toml"))"
                [[input]]
                type = "sub"
                bind = ["tcp://127.0.0.1:*"]
                [[input]]
                type = "router"
                bind = ["tcp://127.0.0.1:*"]
                [[output]]
                type = "xpub"
                bind = ["tcp://127.0.0.1:*"]
                """)
    }

    @Test func theCommandsUseKeys() throws {
        for name in ["server", "alice", "bob"] { try makeKey(name) }
        try addKey("alice", "--rights", "publish,subscribe", "--prefix", "a.")
        let daemon = try daemon()
        let endpoints = try daemon.servedEndpoints()
        let (router, out) = (endpoints.inputs[1].text, endpoints.outputs[0].text)
        let keys = [
            "--key", folder.path("alice.key_secret"), "--server-key", folder.path("server.key"),
        ]
        let subscriber = try SluiceProcess(
            ["sub", "--from", out, "--stream", "a.1", "--until-ended", "1"] + keys)
        let gate = ["--to", router, "--reliable", "--wait", "20s", "--end"]
        func publish(_ stream: String) throws -> SluiceProcess.Result {
            try SluiceProcess.run(["pub", "--stream", stream] + gate + keys, input: "hello")
        }
        let published = try publish("a.1")
        #expect(published.status == 0, "\(published.errors)")
        let refused = try publish("b.1")
        #expect(refused.status == 65 && refused.errors.contains("not for the stream"), "\(refused)")
        // Without a key, with one that is not on the list, and with one that others may read.
        let plain = try SluiceProcess.run(["pub"] + gate, input: "hello")
        #expect(plain.status == 77 && plain.errors.contains("asks for a key"), "\(plain.errors)")
        let unknown = try SluiceProcess.run(
            ["pub"] + gate,
            environment: [
                "SLUICE_CLIENT_KEY": folder.path("bob.key_secret"),
                "SLUICE_CLIENT_SERVER_KEY": folder.path("server.key"),
            ])
        #expect(unknown.status == 77 && unknown.errors.contains("access denied"), "\(unknown)")
        let receiver = try SluiceProcess.run(
            ["sub", "--from", out, "--key", folder.path("bob.key_secret"), keys[2], keys[3]])
        #expect(receiver.status == 77, "\(receiver.errors)")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o644], ofItemAtPath: folder.path("alice.key_secret"))
        let loose = try publish("a.1")
        #expect(loose.status == 78 && loose.errors.contains("chmod 600"), "\(loose.errors)")
        subscriber.signal(SIGTERM)
        let received = try subscriber.finish()
        let stopped = try daemon.stop()
        for name in ["server", "alice", "bob"] {
            #expect(!stopped.errors.contains(try secret(name)))
        }
        #expect(stopped.errors.contains("code=key") && stopped.errors.contains("code=mechanism"))
        #expect(received.status == 0, "\(received.errors)")
    }

    @Test func secretsAreNotPrinted() throws {
        for name in ["server", "alice"] { try makeKey(name) }
        try addKey("alice", "--rights", "subscribe")
        let file = try folder.write(
            """
            [access]
            server_key = "server.key_secret"
            keys = "keys.toml"
            [[input]]
            type = "pull"
            bind = ["tcp://*:*"]
            """, to: "sluice.toml")
        let printed = try sluice("serve", "--config", file, "--print-config")
        #expect(printed.status == 0, "\(printed.errors)")
        #expect(printed.output.contains(folder.path("server.key_secret")))
        #expect(!printed.output.contains(try secret("server")))
        let listed = try sluice("key", "list", "--config", file)
        #expect(listed.output.contains("alice") && listed.output.contains("(all streams)"))
        #expect(!listed.output.contains(try secret("alice")))
        let again = try sluice("keygen", "server", "-o", folder.path)
        #expect(again.status == 78 && again.errors.contains("exists"), "\(again.errors)")
        let revoked = try sluice("key", "revoke", "alice", "--config", file)
        #expect(revoked.status == 0, "\(revoked.errors)")
        #expect(try sluice("key", "list", "--config", file).output.isEmpty)
        #expect(try sluice("key", "revoke", "alice", "--config", file).status == 66)
    }

    @Test func nothingIsBoundBeyondLoopbackWithoutKeys() throws {
        let refused = try sluice("serve", "--in", "tcp://*:*")
        #expect(refused.status == 78, "\(refused.errors)")
        #expect(refused.errors.contains("access.server_key"))
        #expect(refused.errors.contains("access.allow_insecure"))
    }

    /// Debian's pyzmq, with the certificates that `sluice keygen` made.
    private static let exchange = """
        import sys, zmq, zmq.auth
        folder, router, out = sys.argv[1:]
        def certificate(name):
            return zmq.auth.load_certificate(folder + "/" + name)
        server, _ = certificate("server.key")
        context = zmq.Context()
        def connect(kind, endpoint, name):
            socket = context.socket(kind)
            socket.linger, socket.rcvtimeo = 0, 20000
            socket.curve_publickey, socket.curve_secretkey = certificate(name + ".key_secret")
            socket.curve_serverkey = server
            if endpoint:
                socket.connect(endpoint)
            return socket
        subscriber = connect(zmq.SUB, out, "alice")
        subscriber.subscribe(b"")
        publisher = connect(zmq.DEALER, router, "alice")
        def publish(stream):
            publisher.send_multipart([stream, b"text"])
            return publisher.recv_multipart()[1].decode()
        while not subscriber.poll(50):
            assert '"accepted"' in publish(b"a.1"), "accepted"
        assert '"not_allowed"' in publish(b"b.1"), "refused"
        publish(b"a.2")
        topics = set()
        while not any(topic.endswith(b"/a.2") for topic in topics):
            topics.add(subscriber.recv_multipart()[0])
        assert all(b"/a." in topic for topic in topics), topics
        stranger = connect(zmq.DEALER, None, "bob")
        monitor = stranger.get_monitor_socket(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        stranger.connect(router)
        assert monitor.poll(20000), "denied"
        print("done")
        """

    @Test(.enabled("needs python3-zmq") { hasPyZMQ() })
    func pythonUsesTheCertificates() throws {
        for name in ["server", "alice", "bob"] { try makeKey(name) }
        try addKey("alice", "--rights", "publish,subscribe", "--prefix", "a.")
        let daemon = try daemon()
        let endpoints = try daemon.servedEndpoints()
        let python = try SluiceProcess.run(
            [
                "-c", Self.exchange, folder.path, endpoints.inputs[1].text,
                endpoints.outputs[0].text,
            ], executable: SluiceProcess.python)
        #expect(python.status == 0 && python.output.contains("done"), "\(python.errors)")
        try daemon.stop()
    }
}
