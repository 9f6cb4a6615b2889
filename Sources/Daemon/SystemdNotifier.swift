import Glibc

/// Reports the state of the service to systemd (sd_notify(3)), for `Type=notify`.
package struct SystemdNotifier: Sendable {
    private let path: String

    /// Nil where the service manager set no NOTIFY_SOCKET.
    package init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], path.hasPrefix("/") || path.hasPrefix("@")
        else { return nil }
        self.path = path
    }

    package func ready() { send("READY=1\nSTATUS=serving") }

    /// The service is still starting, and may take `startPatience` from now on.
    package func starting(_ text: String) {
        send("EXTEND_TIMEOUT_USEC=\(Self.startPatience)\nSTATUS=\(text)")
    }

    /// - Parameter text: the work beside serving; empty for none.
    package func serving(_ text: String) {
        send("STATUS=serving" + (text.isEmpty ? "" : "; \(text)"))
    }

    /// - Parameter seconds: how long the stop may take.
    package func stopping(within seconds: Double) {
        let microseconds = Int(min(seconds, 1e9) * 1e6) + Self.stopPatience
        send("STOPPING=1\nEXTEND_TIMEOUT_USEC=\(microseconds)\nSTATUS=stopping")
    }

    /// Microseconds between two notifications of a start: opening a large store may take as long.
    private static let startPatience = 300_000_000
    /// Microseconds beyond what a stop may take.
    private static let stopPatience = 15_000_000

    /// One datagram. Notification is best-effort; failure is ignored.
    private func send(_ state: String) {
        let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return }
        defer { close(socket) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        // A leading @ stands for the zero byte of an abstract address.
        let bytes = Array(path.utf8).enumerated().map { $0 == 0 && $1 == 0x40 ? 0 : $1 }
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard bytes.count < capacity else { return }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: bytes) }
        let length = MemoryLayout<sa_family_t>.size + bytes.count
        let message = Array(state.utf8)
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe sendto(
                    socket, message, message.count, Int32(MSG_NOSIGNAL), $0,
                    socklen_t(length))
            }
        }
    }
}
