import Foundation
import TestSupport
import Testing

@testable import ZeroMQ

@Suite struct ZeroMQErrorTests {
    @Test func aPortInUseSaysSoAndHowToFindItsOwner() throws {
        let context = try Context()
        let first = try Socket(.pull, in: context, options: .test())
        let endpoint = try first.bind(loopback())
        let second = try Socket(.pull, in: context, options: .test())
        let error = #expect(throws: ZeroMQError.self) { try second.bind(endpoint) }
        #expect(error == ZeroMQError(.bind, endpoint: endpoint.text, code: .addressInUse))
        let port = try #require(endpoint.text.split(separator: ":").last)
        let text = try #require(error?.description)
        #expect(text.hasPrefix("cannot bind \(endpoint.text): Address already in use."))
        #expect(text.contains("ss -ltnp 'sport = :\(port)'"))
    }

    /// libzmq itself would take the path away from its owner.
    @Test func anIPCPathInUseIsRefusedAndItsOwnerGoesOn() throws {
        let folder = try TemporaryFolder()
        let context = try Context()
        let endpoint = try Endpoint("ipc://\(folder.path)/socket")
        do {
            let first = try Socket(.pull, in: context, options: .test())
            try first.bind(endpoint)
            let second = try Socket(.pull, in: context, options: .test())
            let error = #expect(throws: ZeroMQError.self) { try second.bind(endpoint) }
            #expect(error == ZeroMQError(.bind, endpoint: endpoint.text, code: .addressInUse))
            let push = try Socket(.push, in: context, options: .test())
            try push.connect(endpoint)
            #expect(try push.send([1].span) == .sent)
            #expect(try first.receiveFrames() == [[1]])
        }
    }

    @Test func aPathLeftBehindByADeadProcessIsTaken() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/stale"
        try leaveSocketBehind(at: path)
        #expect(FileManager.default.fileExists(atPath: path))
        let socket = try Socket(.pull, in: Context(), options: .test())
        try socket.bind(Endpoint("ipc://\(path)"))
    }

    @Test func aFileThatIsNoSocketIsNotDeleted() throws {
        let folder = try TemporaryFolder()
        let path = "\(folder.path)/notes.txt"
        try "precious".write(toFile: path, atomically: true, encoding: .utf8)
        let socket = try Socket(.pull, in: Context(), options: .test())
        let error = #expect(throws: ZeroMQError.self) { try socket.bind(Endpoint("ipc://\(path)")) }
        #expect(error?.code == .fileExists)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test(arguments: [
        ("tcp://nowhere0:5555", ZeroMQError.Code.noSuchDevice, "no such address or interface"),
        ("tcp://203.0.113.7:5555", .addressNotAvailable, "no such address or interface"),
        ("ipc:///nonexistent/folder/socket", .noSuchFile, "Create the directory"),
    ])
    func bindingWhereTheMachineCannot(text: String, code: ZeroMQError.Code, advice: String) throws {
        let socket = try Socket(.pull, in: Context(), options: .test())
        let error = #expect(throws: ZeroMQError.self) { try socket.bind(Endpoint(text)) }
        #expect(error?.code == code)
        #expect(error?.description.contains(advice) == true, "\(String(describing: error))")
    }

    @Test func permissionAndLimitsHaveAdvice() {
        let denied = ZeroMQError(.bind, endpoint: "ipc:///etc/x", code: .permissionDenied)
        #expect(denied.description.contains("right to write"))
        let many = ZeroMQError(.createSocket(.pull), code: .tooManySockets)
        #expect(many.description.hasPrefix("cannot create a pull socket: Too many open files."))
    }

    @Test func anOptionOutOfRangeIsNamed() throws {
        let context = try Context()
        var options = SocketOptions()
        options.sendHighWaterMark = -1
        var error = #expect(throws: ZeroMQError.self) {
            _ = try Socket(.push, in: context, options: options)
        }
        #expect(error?.description.contains("ZMQ_SNDHWM") == true)
        options.sendHighWaterMark = .max
        error = #expect(throws: ZeroMQError.self) {
            _ = try Socket(.push, in: context, options: options)
        }
        #expect(error == ZeroMQError(.setOption("ZMQ_SNDHWM"), code: .invalidArgument))
    }

    @Test func theContextsLimitOfSocketsIsReported() throws {
        let context = try Context(maxSockets: 1)
        let first = try Socket(.pull, in: context)
        let error = #expect(throws: ZeroMQError.self) { _ = try Socket(.pull, in: context) }
        #expect(error?.code == .tooManySockets)
        #expect(first.kind == .pull)
        #expect(throws: ZeroMQError.self) { _ = try Context(ioThreads: -1) }
    }

    @Test func everyOptionIsTakenByEveryKindOfSocket() throws {
        var options = SocketOptions()
        options.maxMessageSize = 1 << 40
        options.heartbeat = .init()
        options.heartbeat?.timeToLive = .seconds(15)
        options.handshakeInterval = .seconds(3)
        options.immediate = true
        options.ipv6 = true
        options.backlog = 10
        options.xpubVerbose = true
        options.routingID = bytes("name")
        let context = try Context()
        for kind in SocketKind.allCases {
            let socket = try Socket(kind, in: context, options: options)
            try socket.bind(Endpoint("tcp://[::1]:*"))
        }
    }

    private func leaveSocketBehind(at path: String) throws {
        let python = Process()
        python.executableURL = URL(filePath: "/usr/bin/python3")
        python.arguments = [
            "-c", "import socket,sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path,
        ]
        try python.run()
        python.waitUntilExit()
    }
}
