import Testing

@testable import ZeroMQ

@Suite struct EndpointTests {
    @Test(arguments: [
        ("tcp://127.0.0.1:5555", Endpoint.Address.tcp(host: "127.0.0.1", port: 5555)),
        ("tcp://*:65535", .tcp(host: "*", port: 65535)),
        ("tcp://*:*", .tcp(host: "*", port: nil)),
        ("tcp://localhost:0", .tcp(host: "localhost", port: nil)),
        ("tcp://eth0:1", .tcp(host: "eth0", port: 1)),
        ("tcp://my_host.example.org:80", .tcp(host: "my_host.example.org", port: 80)),
        ("tcp://[::1]:5555", .tcp(host: "[::1]", port: 5555)),
        ("tcp://[fe80::1%eth0]:5555", .tcp(host: "[fe80::1%eth0]", port: 5555)),
        ("ipc:///run/sluice/in", .ipc(path: "/run/sluice/in")),
        ("ipc://in.sock", .ipc(path: "in.sock")),
        ("ipc://*", .anyIPC),
        ("ipc://@sluice", .abstractIPC(name: "sluice")),
        ("inproc://a b", .inproc(name: "a b")),
        (
            "ipc:///" + String(repeating: "p", count: 106),
            .ipc(path: "/" + String(repeating: "p", count: 106))
        ),
    ])
    func wellFormed(text: String, address: Endpoint.Address) throws {
        let endpoint = try Endpoint(text)
        #expect(endpoint.address == address)
        #expect(endpoint.text == text)
    }

    @Test(arguments: [
        ("", "names no transport"),
        ("127.0.0.1:5555", "names no transport"),
        ("TCP://127.0.0.1:5555", "unknown transport 'TCP'"),
        ("udp://127.0.0.1:5555", "unknown transport 'udp'"),
        ("tcp://", "port is missing"),
        ("tcp://127.0.0.1", "port is missing"),
        ("tcp://[::1]", "port is missing"),
        ("tcp://127.0.0.1:", "port is missing"),
        ("tcp://:5555", "host is missing"),
        ("tcp://127.0.0.1:65536", "port 65536 is out of range"),
        ("tcp://127.0.0.1:99999999999999999999", "is out of range"),
        ("tcp://127.0.0.1:+5", "port '+5' is not a number"),
        ("tcp://127.0.0.1:-1", "port '-1' is not a number"),
        ("tcp://127.0.0.1:http", "port 'http' is not a number"),
        ("tcp://127.0.0.1:5555/path", "port '5555/path' is not a number"),
        ("tcp://300.0.0.1:5555", "is not an IPv4 address"),
        ("tcp://127.0.1:5555", "is not an IPv4 address"),
        ("tcp://::1:5555", "goes in brackets"),
        ("tcp://[::g]:5555", "is not an IPv6 address"),
        ("tcp://[]:5555", "is not an IPv6 address"),
        ("tcp://a host:5555", "is not a host name"),
        ("tcp://host\n:5555", "control character"),
        ("ipc://", "path is missing"),
        ("ipc://@", "abstract name is missing"),
        ("ipc:///" + String(repeating: "p", count: 107), "108 bytes; the system allows 107"),
        ("inproc://", "name is missing"),
        ("inproc://" + String(repeating: "n", count: 256), "256 bytes"),
    ])
    func malformed(text: String, problem: String) throws {
        let error = #expect(throws: EndpointError.self) { try Endpoint(text) }
        #expect(error?.text == text)
        #expect(error?.description.contains(problem) == true, "\(String(describing: error))")
    }

    @Test(arguments: ["tcp://*:5555", "tcp://127.0.0.1:*", "tcp://127.0.0.1:0", "ipc://*"])
    func onlyForBinding(text: String) throws {
        _ = try Endpoint(text, for: .bind)
        #expect(throws: EndpointError.self) { try Endpoint(text, for: .connect) }
    }

    /// Whatever parses is taken by libzmq, or refused for what the machine lacks, not for its form.
    @Test(arguments: [
        "tcp://127.0.0.1:*", "tcp://*:*", "tcp://lo:*", "ipc://*", "ipc://@zeromq-test",
        "inproc://x",
    ])
    func libzmqAgrees(text: String) throws {
        let context = try Context()
        let socket = try Socket(.pull, in: context, options: .test())
        let bound = try socket.bind(Endpoint(text))
        #expect(!bound.isWildcard)
        let peer = try Socket(.push, in: context, options: .test())
        if case .tcp(host: "0.0.0.0", port: let port?) = bound.address {
            try peer.connect(Endpoint("tcp://127.0.0.1:\(port)"))
        } else {
            try peer.connect(bound)
        }
        #expect(try peer.send(bytes("hello").span) == .sent)
        #expect(try socket.receiveFrames() == [bytes("hello")])
    }
}
