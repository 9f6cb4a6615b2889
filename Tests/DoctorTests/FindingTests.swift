import Kernels
import Testing
import ZeroMQ

@testable import Doctor

/// What is said of facts, without a machine that has them.
@Suite struct FindingTests {
    private func expect(
        _ finding: DoctorFinding, _ check: DoctorCheck, _ level: DoctorFinding.Level,
        _ words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(finding.check == check, sourceLocation: sourceLocation)
        #expect(finding.level == level, "\(finding)", sourceLocation: sourceLocation)
        #expect((finding.remedy == nil) == (level == .ok), sourceLocation: sourceLocation)
        for word in words {
            let text = finding.message + " " + (finding.remedy ?? "")
            #expect(text.contains(word), "\(text)", sourceLocation: sourceLocation)
        }
    }

    // MARK: Machine

    @Test func clocks() {
        var clock = ClockState(
            isSynchronised: true, time: 1.8e9, resolution: .nanoseconds(1))
        #expect(clock.findings.map(\.level) == [.ok])
        clock.isSynchronised = false
        expect(clock.findings[0], .clock, .warning, "chrony")
        clock.isSynchronised = nil
        expect(clock.findings[0], .clock, .unknown, "timedatectl")
        clock = ClockState(isSynchronised: true, time: 1e6, resolution: .milliseconds(4))
        #expect(clock.findings.map(\.level) == [.error, .warning])
        #expect(clock.findings[1].message.contains("4.0 ms"))
    }

    @Test func libraries() {
        var versions = LibraryVersions(
            zeroMQ: "4.3.4", hasCurve: false, sodium: "1.0.18", sqlite: "3.40.1")
        expect(
            versions.finding(connectsEncrypted: false), .libraries, .ok, "libzmq 4.3.4", "3.40.1")
        expect(versions.finding(connectsEncrypted: true), .libraries, .error, "without CURVE")
        versions.zeroMQ = "4.3.2"
        expect(versions.finding(connectsEncrypted: false), .libraries, .warning, "4.3.3")
        versions = LibraryVersions(zeroMQ: "5.0", hasCurve: true, sodium: "1", sqlite: nil)
        expect(versions.finding(connectsEncrypted: true), .libraries, .error, "SQLite")
        #expect(LibraryVersions.loaded.finding(connectsEncrypted: true).level == .ok)
    }

    @Test func openFiles() {
        expect(OpenFileLimit(limit: 1000, needed: 1000).finding, .openFiles, .ok)
        expect(
            OpenFileLimit(limit: 999, needed: 1000).finding, .openFiles, .warning, "999", "1000",
            "LimitNOFILE")
        expect(OpenFileLimit(limit: 100, needed: 1000).finding, .openFiles, .error, "LimitNOFILE")
    }

    @Test func processors() {
        expect(
            ProcessorShare(threads: 4, processors: 4, quota: nil).finding, .threads, .ok)
        expect(
            ProcessorShare(threads: 5, processors: 4, quota: nil).finding, .threads, .warning,
            "auto")
        expect(
            ProcessorShare(threads: 4, processors: 4, quota: 1.5).finding, .threads, .warning,
            "engine.threads = 2", "cpu.max")
        expect(
            ProcessorShare(threads: 1, processors: 4, quota: 0.5).finding, .threads, .ok)
    }

    @Test func memory() {
        var need = MemoryNeed(model: 100, streams: 100, queues: 100, available: 1000)
        expect(need.finding, .memory, .ok)
        need.available = 300
        expect(need.finding, .memory, .warning, "engine.max_streams")
        need.available = 100
        expect(need.finding, .memory, .error, "smaller model")
    }

    @Test func kernels() {
        let all: [KernelTier] = [.portable, .fma128, .avx2]
        expect(KernelChoice(configured: nil, available: all).finding, .kernels, .ok, "avx2")
        expect(
            KernelChoice(configured: .fma128, available: all).finding, .kernels, .warning, "best")
        expect(
            KernelChoice(configured: .avx512, available: all).finding, .kernels, .error, "avx512")
        expect(
            KernelChoice(configured: nil, available: [.portable]).finding, .kernels, .warning,
            "AVX2")
    }

    @Test func services() {
        expect(ServiceSupervision(environment: nil).finding, .service, .unknown)
        expect(
            ServiceSupervision(environment: [:]).finding, .service, .ok, "not started by systemd")
        var environment = ["INVOCATION_ID": "1"]
        expect(
            ServiceSupervision(environment: environment).finding, .service, .warning, "Type=notify")
        environment["NOTIFY_SOCKET"] = "/run/systemd/notify"
        expect(
            ServiceSupervision(environment: environment).finding, .service, .warning, "WatchdogSec")
        environment["WATCHDOG_USEC"] = "60000000"
        expect(ServiceSupervision(environment: environment).finding, .service, .ok, "60.0 s")
    }

    // MARK: Disk

    @Test func space() {
        var space = DiskSpace(
            folder: "/var", free: 10 << 30, total: 100 << 30, freeFiles: 1000, store: 1 << 30,
            limit: nil)
        expect(space.finding, .space, .ok, "/var")
        space.limit = 20 << 30
        expect(space.finding, .space, .warning, "journal.max_bytes")
        space.limit = 2 << 30
        expect(space.finding, .space, .ok)
        space.freeFiles = 3
        expect(space.finding, .space, .error, "inodes")
        space.freeFiles = nil
        space.limit = nil
        space.free = 500 << 20
        expect(space.finding, .space, .warning, "make room")
        space.free = 1 << 20
        expect(space.finding, .space, .error, "make room")
        // A small disk that is nearly empty.
        space = DiskSpace(
            folder: "/", free: 500 << 20, total: 600 << 20, freeFiles: nil, store: 0, limit: nil)
        expect(space.finding, .space, .ok)
    }

    @Test func synchronisation() {
        func times(_ milliseconds: [Int]) -> SyncTimes {
            SyncTimes(milliseconds.map { .milliseconds($0) })
        }
        let usual = times([3, 1, 2])
        #expect(usual.median == .milliseconds(2) && usual.slowest == .milliseconds(3))
        expect(
            usual.finding(interval: .milliseconds(5), isDurable: true), .fsync, .ok, "2.0 ms",
            "5.0 ms")
        let slow = times([30, 30, 40])
        expect(
            slow.finding(interval: .milliseconds(5), isDurable: true), .fsync, .warning, "30.0 ms")
        expect(slow.finding(interval: .milliseconds(5), isDurable: false), .fsync, .ok)
        expect(slow.finding(interval: .milliseconds(50), isDurable: true), .fsync, .ok)
        let uneven = times(Array(repeating: 1, count: 60) + [900, 900, 900, 900])
        expect(
            uneven.finding(interval: .milliseconds(5), isDurable: true), .fsync, .warning, "iostat")
    }

    @Test func fileSystems() {
        expect(FileSystemKind(folder: "/", magic: 0xEF53).finding, .fileSystem, .ok, "ext4")
        expect(FileSystemKind(folder: "/", magic: 0x1234).finding, .fileSystem, .ok, "1234")
        expect(
            FileSystemKind(folder: "/", magic: 0x0102_1994).finding, .fileSystem, .warning, "tmpfs")
        expect(FileSystemKind(folder: "/", magic: 0x6969).finding, .fileSystem, .warning, "NFS")
    }

    // MARK: Files

    @Test func secrets() {
        func problem(_ owner: UInt32, _ mode: UInt32, user: UInt32 = 7) -> String? {
            FileAccess(path: "/k", owner: owner, mode: mode).secretProblem(user: user)?.remedy
        }
        #expect(problem(7, 0o600) == nil && problem(0, 0o640) == nil && problem(0, 0o440) == nil)
        #expect(problem(7, 0o640) == "chmod 600 /k")
        #expect(problem(0, 0o644) == "chmod 600 /k")
        #expect(problem(0, 0o640, user: 0) == "chmod 600 /k")
        #expect(problem(8, 0o600) == "chown 7 /k")
    }

    @Test func lists() {
        func problem(_ owner: UInt32, _ mode: UInt32) -> String? {
            FileAccess(path: "/k", owner: owner, mode: mode).listProblem(user: 7)?.remedy
        }
        #expect(problem(7, 0o644) == nil && problem(0, 0o600) == nil)
        #expect(problem(7, 0o664) == "chmod go-w /k")
        #expect(problem(8, 0o600) == "chown 7 /k")
    }

    @Test func storeFiles() throws {
        func finding(_ owner: UInt32, _ mode: UInt32, isFolder: Bool = false) -> DoctorFinding? {
            FileAccess(path: "/s", owner: owner, mode: mode)
                .storeFinding(user: 7, isFolder: isFolder)
        }
        #expect(finding(7, 0o600) == nil && finding(7, 0o700, isFolder: true) == nil)
        expect(try #require(finding(8, 0o600)), .permissions, .error, "chown 7 /s")
        expect(try #require(finding(7, 0o620)), .permissions, .error, "chmod 0600 /s")
        expect(
            try #require(finding(7, 0o755, isFolder: true)), .permissions, .warning,
            "chmod 0700 /s", "0755")
    }

    @Test func socketFiles() throws {
        let socket = FileAccess(path: "/s", owner: 7, mode: 0o660)
        #expect(socket.socketFinding(allowed: 0o660) == nil)
        expect(
            try #require(socket.socketFinding(allowed: 0o600)), .socketFile, .warning, "chmod 600")
        let folder = FileAccess(path: "/d", owner: 7, mode: 0o777)
        expect(try #require(folder.socketFolderFinding), .socketFile, .warning, "chmod go-w /d")
        // As /tmp is.
        #expect(
            FileAccess(path: "/d", owner: 0, mode: 0o1777).socketFolderFinding == nil)
    }

    // MARK: Endpoints

    @Test func endpoints() throws {
        let endpoint = try Endpoint("tcp://127.0.0.1:5601")
        func state(
            _ probe: EndpointProbe, _ name: String? = nil, hasDaemon: Bool = false,
            isOptional: Bool = false
        ) -> DoctorFinding {
            EndpointState(
                key: "input[0].bind[0]", endpoint: endpoint, probe: probe,
                holder: name.map { .init(process: 17, name: $0) }, hasDaemon: hasDaemon,
                isOptional: isOptional
            ).finding
        }
        expect(state(.free), .endpoint, .ok, "input[0].bind[0]")
        expect(state(.free, hasDaemon: true), .endpoint, .warning, "reload")
        expect(state(.free, hasDaemon: true, isOptional: true), .endpoint, .ok)
        let chosen = EndpointState(
            key: "input[0].bind[0]", endpoint: try Endpoint("tcp://127.0.0.1:*"), probe: .free,
            hasDaemon: true)
        expect(chosen.finding, .endpoint, .ok)
        expect(state(.taken, "sluice", hasDaemon: true), .endpoint, .ok, "process 17")
        expect(state(.taken, "nginx"), .endpoint, .error, "process 17 (nginx)")
        expect(state(.taken, "nginx", isOptional: true), .endpoint, .warning)
        expect(state(.taken), .endpoint, .warning, "cannot see")
        expect(state(.taken, hasDaemon: true), .endpoint, .ok)
        expect(state(.hidden), .endpoint, .unknown)
        let error = ZeroMQError(.bind, endpoint: endpoint.text, code: .addressNotAvailable)
        expect(state(.refused(error)), .endpoint, .error, "ip addr")
    }

    @Test func holdersAreFoundInTheTablesOfTheKernel() {
        let tcp = """
              sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
               0: 0100007F:15E1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 5001 1
               1: 0100007F:15E1 0100007F:9999 01 00000000:00000000 00:00000000 00000000  1000        0 5002 1
               2: 0100007F:15E2 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 5003 1
            """
        #expect(SocketHolders.listeners(tcp, port: 5601) == [5001])
        #expect(SocketHolders.listeners(tcp, port: 5603).isEmpty)
        let unix = """
            Num       RefCount Protocol Flags    Type St Inode Path
            0000000000000000: 00000002 00000000 00010000 0001 01 6001 /run/sluice/control
            0000000000000000: 00000002 00000000 00010000 0001 01 6002 @name with spaces
            0000000000000000: 00000002 00000000 00000000 0002 01 6003
            """
        #expect(SocketHolders.listeners(unix, path: "/run/sluice/control") == [6001])
        #expect(SocketHolders.listeners(unix, path: "@name with spaces") == [6002])
    }

    // MARK: The report

    @Test func theReportSaysWhatToDo() {
        let report = DoctorReport([
            .ok(.clock, "fine"), .warning(.space, "little\u{1B}", "make room"),
            .unknown(.keys, "hidden"),
        ])
        #expect(!report.hasErrors)
        let lines = report.text.split(separator: "\n").map(String.init)
        #expect(lines.count == 6 && lines[0].hasPrefix("ok ") && lines[0].hasSuffix(" fine"))
        #expect(lines[2].contains("-> make room") && !report.text.contains("\u{1B}"))
        #expect(lines.last == "1 ok, 1 unknown, 1 warning, 0 error")
        #expect(DoctorReport([.error(.store, "gone", "restore")]).hasErrors)
    }
}
