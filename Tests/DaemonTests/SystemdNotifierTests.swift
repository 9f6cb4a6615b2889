import Daemon
import Dispatch
import Glibc
import TestSupport
import Testing

/// What systemd is told, at a datagram socket as it has one.
@Suite struct SystemdNotifierTests {
    @Test func isThereOnlyWhereAskedFor() {
        #expect(SystemdNotifier(environment: [:]) == nil)
        #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": ""]) == nil)
        #expect(SystemdNotifier(environment: ["NOTIFY_SOCKET": "relative"]) == nil)
    }

    @Test(arguments: [false, true]) func saysReadyAndStopping(isAbstract: Bool) throws {
        let folder = try TemporaryFolder()
        let path = isAbstract ? "@sluice-test-\(getpid())" : folder.path + "/notify"
        let manager = try ServiceManager(path)
        let notifier = try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": path]))
        notifier.starting("checking the store: 40%, 9 s left")
        #expect(
            try manager.receive()
                == "EXTEND_TIMEOUT_USEC=300000000\nSTATUS=checking the store: 40%, 9 s left")
        notifier.ready()
        #expect(try manager.receive() == "READY=1\nSTATUS=serving")
        notifier.status("serving; recovering: 3%, 20 s left")
        #expect(try manager.receive() == "STATUS=serving; recovering: 3%, 20 s left")
        notifier.feedWatchdog()
        #expect(try manager.receive() == "WATCHDOG=1")
        notifier.reloading()
        let reloading = try manager.receive().split(separator: "\n")
        #expect(reloading.first == "RELOADING=1")
        #expect(reloading.last == "STATUS=reading the configuration")
        let time = try #require(reloading[1].wholeMatch(of: /MONOTONIC_USEC=(\d+)/))
        #expect(UInt64(time.1).map { $0 * 1000 <= DispatchTime.now().uptimeNanoseconds } == true)
        notifier.ready()
        #expect(try manager.receive() == "READY=1\nSTATUS=serving")
        notifier.stopping(within: 10)
        #expect(
            try manager.receive()
                == "STOPPING=1\nEXTEND_TIMEOUT_USEC=25000000\nSTATUS=stopping")
    }

    @Test func nobodyThereIsNoReasonToFail() throws {
        let path = try TemporaryFolder().path + "/gone"
        try #require(SystemdNotifier(environment: ["NOTIFY_SOCKET": path])).ready()
        let long = "/" + String(repeating: "x", count: 200)
        let notifier = SystemdNotifier(environment: ["NOTIFY_SOCKET": long])
        #expect(notifier == nil)
    }
}

/// The other end of NOTIFY_SOCKET.
private final class ServiceManager {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        unsafe setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        var name = Array(path.utf8)
        if path.hasPrefix("@") { name[0] = 0 }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let descriptor = descriptor
        let status = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe Glibc.bind(descriptor, $0, length)
            }
        }
        try #require(status == 0)
    }

    deinit { close(descriptor) }

    /// The next datagram.
    func receive() throws -> String {
        var bytes = [UInt8](repeating: 0, count: 100)
        let count = unsafe recv(descriptor, &bytes, bytes.count, 0)
        try #require(count >= 0, "no datagram came")
        return String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}
