import Curve
import Foundation
import Journal
import Logging
import Model
import TestSupport
import Testing
import ZeroMQ

@testable import Daemon
@testable import Doctor

/// Faults made on purpose, each with its finding, and an installation without any.
@Suite struct ExaminationTests {
    private let folder: TemporaryFolder
    private let model: Model

    init() throws {
        folder = try TemporaryFolder()
        model = try TestModel.make()
        setMode(0o700, of: folder.path)
    }

    private func configuration(_ more: String = "", http: String = "bind = []") -> String {
        """
        \(more)
        [engine]
        threads = 1
        max_streams = 1000
        [limits]
        connections = 16
        [journal]
        path = "journal.sqlite"
        [control]
        bind = ["ipc://\(folder.path)/control"]
        [http]
        \(http)
        [[input]]
        type = "pull"
        bind = ["ipc://\(folder.path)/in"]
        [[output]]
        bind = ["ipc://\(folder.path)/out"]

        """
    }

    private func report(
        _ document: String, model: Model? = nil, isThorough: Bool = false,
        ask: @escaping (Endpoint) -> ControlAnswer = { _ in .silent("nobody") }
    ) throws -> DoctorReport {
        let source = ConfigurationSource(
            file: try folder.write(document, to: "sluice.toml"))
        let model = model ?? self.model
        return Examination(
            source, environment: [:], isThorough: isThorough, samples: 2, load: { _ in model },
            ask: ask
        ).report()
    }

    private func expect(
        _ report: DoctorReport, _ check: DoctorCheck, _ level: DoctorFinding.Level,
        _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = report.findings.filter { $0.check == check }
        let isThere = found.contains { finding in
            finding.level == level
                && words.allSatisfy { "\(finding.message) \(finding.remedy ?? "")".contains($0) }
        }
        #expect(isThere, "\(found)", sourceLocation: sourceLocation)
    }

    /// What is said of the installation, not of the machine that the test runs on.
    private static let ofMachine: Set<DoctorCheck> = [
        .clock, .openFiles, .threads, .space, .fsync, .fileSystem, .kernels, .memory, .service,
    ]

    private func expectNoFault(
        _ report: DoctorReport, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let faults = report.findings.filter {
            $0.level != .ok && !Self.ofMachine.contains($0.check)
        }
        #expect(faults.isEmpty, "\(faults)", sourceLocation: sourceLocation)
        #expect(!report.hasErrors, "\(report.text)", sourceLocation: sourceLocation)
    }

    private func setMode(_ mode: mode_t, of path: String) {
        #expect(unsafe chmod(path, mode) == 0)
    }

    private func makeStore() throws {
        let writer = try JournalWriter(path: folder.path("journal.sqlite"))
        try writer.close()
    }

    // MARK: Without faults

    @Test func nothingIsWrongBeforeTheFirstStart() throws {
        let report = try report(configuration())
        expectNoFault(report)
        expect(report, .store, .ok, "the first start makes it")
        expect(report, .control, .ok, "no daemon runs")
        expect(report, .endpoint, .ok, "is free")
        #expect(
            Set(report.findings.map(\.check)).isSuperset(of: [.fsync, .space, .clock, .memory]))
        // Nothing is left behind.
        #expect(try folder.names == ["sluice.toml"])
    }

    /// Beside a daemon that serves: nothing is taken from it or written.
    @Test func nothingIsWrongWhileItServes() async throws {
        let document = configuration()
        let source = ConfigurationSource(file: try folder.write(document, to: "sluice.toml"))
        let daemon = try Daemon(
            source.read(), model: model,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, source: source)
        let running = Task { try await daemon.run() }
        let answer = status(of: model)
        let report = try report(document, isThorough: true) { _ in answer }
        expectNoFault(report)
        expect(report, .control, .ok, "answers at")
        expect(report, .store, .ok, "schema", "process \(getpid()) writes it")
        // The daemon's process is this test's.
        expect(report, .endpoint, .ok, "input[0].bind[0]", "held by the daemon")
        running.cancel()
        _ = await running.result
        expect(try self.report(document), .control, .ok, "no daemon runs")
    }

    private func status(of model: Model) -> ControlAnswer {
        .status(
            DaemonStatus(
                version: sluiceVersion,
                model: .init(folder: "", fingerprint: model.fingerprint.hex), uptime: 1,
                threads: 1, kernels: "", counters: ["streams": 3], refused: [:],
                journal: .init(
                    durability: "commit", store: folder.path("journal.sqlite"), commits: 1)))
    }

    // MARK: Configuration and daemon

    @Test func eachProblemOfTheConfigurationIsToldWithItsLine() throws {
        let document = configuration("log.levle = 1")
            .replacing("[engine]", with: "[engine]\ntop = 0")
        let report = try report(document)
        #expect(report.hasErrors)
        expect(report, .configuration, .error, "sluice.toml:3:1: engine.top")
        expect(
            report, .configuration, .error, "sluice.toml:1:1: log.levle", "did you mean 'level'?")
    }

    @Test func aModelThatCannotBeLoadedIsTold() throws {
        let source = ConfigurationSource(
            file: try folder.write(configuration(), to: "sluice.toml"))
        struct Missing: Error {}
        let report = Examination(
            source, environment: [:], samples: 2, load: { _ in throw Missing() },
            ask: { _ in .silent("") }
        ).report()
        expect(report, .model, .error, "sluice inspect")
    }

    @Test func whatADaemonAnswersIsJudged() throws {
        let endpoint = try Endpoint("ipc:///c")
        guard case .status(var status) = status(of: model) else { return }
        func finding(_ answer: ControlAnswer, isListened: Bool = true) -> DoctorFinding {
            answer.finding(
                at: endpoint, isListened: isListened, fingerprint: model.fingerprint.hex)
        }
        #expect(finding(.status(status)).level == .ok)
        status.version = "0.0.1"
        #expect(finding(.status(status)).remedy?.contains("restart") == true)
        status.version = sluiceVersion
        status.model.fingerprint = "00"
        #expect(finding(.status(status)).level == .warning)
        status.journal.problem = "the disk is full"
        #expect(finding(.status(status)).level == .error)
        #expect(finding(.silent("no answer in 5 s")).level == .error)
        #expect(finding(.silent("nobody"), isListened: false).level == .ok)
        #expect(finding(.denied("access denied")).level == .unknown)
    }

    // MARK: Sockets

    @Test func anEndpointThatAnotherProcessHasIsTold() throws {
        let context = try Context()
        let other = try Socket(.pull, in: context)
        let taken = try other.bind(try Endpoint("tcp://127.0.0.1:*"))
        let file = try Socket(.pull, in: context)
        try file.bind(try Endpoint("ipc://\(folder.path)/in"))
        let report = try report(configuration(http: "bind = [\"\(taken.text)\"]"))
        expect(report, .endpoint, .error, "http.bind[0]", "process \(getpid())")
        expect(report, .endpoint, .error, "input[0].bind[0]", "choose another endpoint")
        expect(report, .endpoint, .ok, "output[0].bind[0]")
    }

    @Test func whatIsNoSocketAndFoldersOfOthersAreTold() throws {
        try folder.write("", to: "in")
        setMode(0o777, of: folder.path)
        let report = try report(configuration())
        expect(report, .endpoint, .error, "input[0].bind[0]", "not a socket")
        expect(report, .socketFile, .warning, "chmod go-w")
        let folders = report.findings.filter { $0.check == .socketFile }
        #expect(folders.count { $0.message.contains("0777") } == 1)
        expect(report, .permissions, .error, "chmod 0700")
    }

    // MARK: Keys

    private func keys(_ more: String = "") -> String {
        configuration(
            """
            access.server_key = "server.key_secret"
            access.keys = "keys.toml"
            \(more)
            """)
    }

    @Test func keysAndTheirFiles() throws {
        let report = try report(keys())
        expect(report, .serverKey, .error, "there is no file", "sluice keygen")
        expect(report, .keys, .error, "there is no file", "sluice key add")
        let pair = CurveKeyPair()
        let files = try CurveCertificate.write(pair, named: "server", in: folder.path)
        try folder.write("", to: "keys.toml")
        let empty = try self.report(keys())
        expect(empty, .serverKey, .ok, pair.publicKey.text)
        expect(empty, .keys, .warning, "no client can connect")
        expect(empty, .exposure, .ok, "encrypted")
        let list = KeyListFile(path: folder.path("keys.toml"))
        try list.add(AccessKey(name: "a", publicKey: CurveKeyPair().publicKey, rights: [.admin]))
        expectNoFault(try self.report(keys()))
        try list.add(AccessKey(name: "b", publicKey: pair.publicKey, rights: [.publish]))
        setMode(0o644, of: files.secretFile)
        setMode(0o666, of: list.path)
        let loose = try self.report(keys())
        expect(loose, .serverKey, .error, "chmod 600 \(files.secretFile)")
        expect(loose, .keys, .error, "chmod go-w")
        setMode(0o600, of: files.secretFile)
        setMode(0o644, of: list.path)
        expect(try self.report(keys()), .keys, .warning, "'b' is the server's own")
        try folder.write("[[key]]\nname = \"a\"", to: "keys.toml")
        expect(try self.report(keys()), .keys, .error, "keys.toml:1")
        // The public certificate in place of the secret one.
        try FileManager.default.removeItem(atPath: files.secretFile)
        try folder.move("server.key", to: "server.key_secret")
        setMode(0o600, of: files.secretFile)
        expect(try self.report(keys()), .serverKey, .error, "no secret key")
    }

    @Test func serversWhereItConnects() throws {
        let files = try CurveCertificate.write(CurveKeyPair(), named: "server", in: folder.path)
        try folder.write("", to: "keys.toml")
        func document(_ key: String) -> String {
            keys() + "[[input]]\ntype = \"pull\"\nconnect = [\"tcp://192.0.2.1:7\"]\n"
                + "server_key = \"\(key)\"\n"
        }
        expect(try report(document("none.key")), .peerKey, .error, "input[1].server_key")
        expect(try report(document(files.publicFile)), .peerKey, .error, "own key")
        let other = CurveKeyPair().publicKey.text
        expect(try report(document(other)), .peerKey, .ok, other)
    }

    @Test func whatOthersCanReachIsTold() throws {
        let document =
            configuration(
                "access.allow_insecure = true", http: "bind = []\ntoken_file = \"token\"")
            + "[[input]]\ntype = \"pull\"\nbind = [\"tcp://0.0.0.0:*\"]\n"
            + "connect = [\"tcp://192.0.2.1:7\"]\n"
        try folder.write("short", to: "token")
        setMode(0o600, of: folder.path("token"))
        let report = try report(document)
        expect(report, .exposure, .warning, "tcp://0.0.0.0:*", "access.server_key")
        expect(report, .exposure, .warning, "tcp://192.0.2.1:7", "server_key")
        expect(report, .httpToken, .error, "16 to 1024")
        setMode(0o640, of: folder.path("token"))
        expect(try self.report(document), .httpToken, .error, "chmod 600")
    }

    // MARK: Store

    @Test func permissionsOfTheStoreAreJudged() throws {
        try makeStore()
        expect(try report(configuration()), .permissions, .ok)
        setMode(0o644, of: folder.path("journal.sqlite"))
        expect(try report(configuration()), .permissions, .warning, "chmod 0600")
    }

    @Test(arguments: [false, true]) func aDamagedStoreIsTold(isThorough: Bool) throws {
        try makeStore()
        expect(try report(configuration()), .retention, .ok, "forever")
        let path = folder.path("journal.sqlite")
        var bytes = try Data(contentsOf: URL(filePath: path))
        bytes.replaceSubrange(100..<200, with: Data(repeating: 0x5A, count: 100))
        try bytes.write(to: URL(filePath: path))
        let report = try report(configuration(), isThorough: isThorough)
        expect(report, .store, .error, "journal.sqlite")
        #expect(report.hasErrors)
    }

    @Test func anotherProgramsFileIsTold() throws {
        try folder.write(String(repeating: "no database ", count: 400), to: "journal.sqlite")
        expect(try report(configuration()), .store, .error, "journal.path")
    }

    /// Somebody writes the store, and no daemon answers.
    @Test func whoWritesTheStoreIsTold() throws {
        let writer = try JournalWriter(path: folder.path("journal.sqlite"))
        expect(try report(configuration()), .store, .warning, "process \(getpid())")
        try writer.close()
        expect(try report(configuration()), .store, .ok, "schema")
    }
}
