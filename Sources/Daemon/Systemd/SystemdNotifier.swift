import Glibc
import ZeroMQ

/// Reports the state of the service to systemd (sd_notify(3)), for `Type=notify`.
package struct SystemdNotifier: Sendable {
    private let address: SocketAddress

    /// Nil where the service manager set no NOTIFY_SOCKET. A leading @ stands for the zero byte of an
    /// abstract address.
    package init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@"),
            path.utf8.count <= SocketAddress.longestPath
        else { return nil }
        address = SocketAddress(path: path.hasPrefix("@") ? "\0" + path.dropFirst() : path)
    }

    package func ready() { send("READY=1\nSTATUS=serving") }

    /// The configuration is read again, until `ready`.
    package func reloading() {
        // systemd.service(5): CLOCK_MONOTONIC, in microseconds.
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        let microseconds = time.tv_sec * 1_000_000 + time.tv_nsec / 1000
        send("RELOADING=1\nMONOTONIC_USEC=\(microseconds)\nSTATUS=reading the configuration")
    }

    /// The service is still starting, and may take `startPatience` from now on.
    package func starting(_ text: String) {
        send("EXTEND_TIMEOUT_USEC=\(Self.startPatience)\nSTATUS=\(text)")
    }

    /// What the daemon does, in one line.
    package func status(_ text: String) { send("STATUS=\(text)") }

    /// All threads advance. The manager kills the service when this has not come for `WatchdogSec=`.
    package func feedWatchdog() { send("WATCHDOG=1") }

    /// - Parameter seconds: how long the stop may take.
    package func stopping(within seconds: Double) {
        let microseconds = Int(min(seconds, 1e9) * 1e6) + Self.stopPatience
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=\(microseconds)\nSTATUS=stopping")
    }

    /// Microseconds between two notifications of a start: opening a large store may take as long.
    private static let startPatience = 300_000_000
    /// Microseconds beyond what a stop may take.
    private static let stopPatience = 15_000_000

    /// Notification is best-effort; failure is ignored.
    private func send(_ state: String) { address.sendDatagram(Array(state.utf8)) }
}
