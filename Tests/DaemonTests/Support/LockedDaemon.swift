import Curve
import Daemon
import Foundation
import Glibc
import Logging
import Model
import ServiceLifecycle
import TestSupport
import Testing
import Wire
import ZeroMQ

/// A daemon with encrypted sockets on loopback, and a list of keys that tests change.
final class LockedDaemon {
    let folder: TemporaryFolder
    let server: CurvePublicKey
    let log = RecordedLog()
    let context: Context
    let daemon: Daemon
    private let file: KeyListFile
    private var configuration: Configuration
    private let run: Task<Void, any Error>

    /// In the order of the configuration.
    enum Input: Int { case sub, pull, router }
    enum Output: Int { case xpub, push }

    init(_ keys: [AccessKey], _ change: (inout Configuration) -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        context = try Context()
        let pair = CurveKeyPair()
        server = pair.publicKey
        let files = try CurveCertificate.write(pair, named: "server", in: folder.path)
        file = KeyListFile(path: folder.path("keys.toml"))
        for key in keys { try file.add(key) }
        let place = try Endpoint("tcp://127.0.0.1:*")
        var configuration = Configuration.of(
            [.of(.sub, [place]), .of(.pull, [place]), .of(.router, [place])],
            [.of(.xpub, [place], slowReader: .drop), .of(.push, [place], slowReader: .drop)])
        configuration.control.bind = [
            place, try Endpoint("ipc://\(folder.path)/control"),
        ]
        configuration.journal.durability = .off
        configuration.access.serverKey = files.secretFile
        configuration.access.keys = file.path
        change(&configuration)
        self.configuration = configuration
        let model = try TestModel.make(TestModel.config(.gru, layers: 1, hidden: 4))
        let daemon = try Daemon(configuration, model: model, logger: log.logger)
        self.daemon = daemon
        let group = ServiceGroup(
            services: [daemon], logger: Logger(label: "quiet") { _ in SwiftLogNoOpLogHandler() })
        run = Task { try await group.run() }
    }

    deinit { run.cancel() }

    func revoke(_ name: String) throws {
        try file.revoke(name)
        let report = try daemon.reload(configuration)
        #expect(report.notes == ["keys: \(try file.list().keys.count); revoked \(name)"])
    }

    func reload(_ change: (inout Configuration) -> Void) throws {
        change(&configuration)
        try daemon.reload(configuration)
    }

    func count(_ name: String) -> Int { Int("\(daemon.statistics[name] ?? "0")") ?? -1 }

    /// Returns once a counter has come to this.
    func waitUntil(_ name: String, is count: Int) throws {
        let deadline = ContinuousClock.now + patience
        while self.count(name) < count {
            let isInTime = ContinuousClock.now < deadline
            try #require(isInTime, "\(name) is \(self.count(name)); expected \(count)")
            usleep(1000)
        }
        #expect(self.count(name) == count, "\(name)")
    }

    func options(_ pair: CurveKeyPair) -> SocketOptions {
        var options = SocketOptions.test()
        options.curve = .init(pair, serverKey: server)
        return options
    }

    func connect(_ kind: SocketKind, to input: Input, _ pair: CurveKeyPair) throws -> Socket {
        try connect(kind, daemon.inputEndpoints[input.rawValue], options(pair))
    }

    func connect(_ kind: SocketKind, to output: Output, _ pair: CurveKeyPair) throws -> Socket {
        try connect(kind, daemon.outputEndpoints[output.rawValue], options(pair))
    }

    func connect(
        _ kind: SocketKind, _ endpoint: Endpoint, _ options: SocketOptions
    ) throws -> Socket {
        var options = options
        // Each refusal is counted once.
        options.reconnects = false
        let socket = try Socket(kind, in: context, options: options)
        if kind == .sub { try socket.subscribe("") }
        try socket.connect(endpoint)
        return socket
    }

    func logged(_ text: String) -> [RecordedLog.Line] {
        log.lines.filter { $0.text.contains(text) }
    }
}

extension Socket {
    /// The next answer: why the message was refused, if it was; its stream and number.
    func acknowledgement() throws -> (
        code: Refusal.Code?, stream: String?, seq: UInt64?
    ) {
        let answer = try ReceivedAcknowledgement(frames: receiveFrames())
        var code: Refusal.Code?
        if case .refused(let refusal) = answer.result { code = refusal.code }
        return (code, answer.stream?.text, answer.sequence)
    }
}
