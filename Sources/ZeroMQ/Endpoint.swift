import Names

/// Where a socket is bound or connected, checked before any socket exists.
///
/// `tcp://host:port`, `tcp://*:port`, `tcp://[::1]:port`, `ipc:///path`, `ipc://@abstract`,
/// `inproc://name`; when binding, a port of `*` and `ipc://*` let the system choose.
package struct Endpoint: Hashable, Sendable, CustomStringConvertible {
    package enum Address: Sendable {
        /// Host `*` is every interface, port nil any free one.
        case tcp(host: String, port: UInt16?)
        case ipc(path: String)
        case abstractIPC(name: String)
        /// A path that libzmq chooses.
        case anyIPC
        case inproc(name: String)
    }

    package enum Attachment: Sendable { case bind, connect }

    package let text: String
    package let address: Address

    package init(_ text: String) throws(EndpointError) {
        self.text = text
        address = try Self.parse(text)
    }

    /// Also refuses what cannot be connected to: `*` as host, port or path.
    package init(_ text: String, for attachment: Attachment) throws(EndpointError) {
        try self.init(text)
        guard attachment == .connect else { return }
        if isWildcard {
            throw EndpointError(
                text: text, problem: "a wildcard port or path is only for binding")
        }
        if case .tcp(host: "*", _) = address {
            throw EndpointError(
                text: text, problem: "the host '*' is only for binding; name the host to connect to"
            )
        }
    }

    /// An endpoint of this program, known to be well formed.
    init(inproc text: String) {
        self.text = text
        address = .inproc(name: String(text.dropFirst("inproc://".count)))
    }

    package var description: String { text }

    /// By the bytes of what was written: paths that Unicode calls equivalent are two.
    package static func == (a: Endpoint, b: Endpoint) -> Bool { Name(a.text) == Name(b.text) }

    package func hash(into hasher: inout Hasher) { hasher.combine(Name(text)) }

    package var isTCP: Bool { if case .tcp = address { true } else { false } }

    /// Whether its host is an IPv6 address, which libzmq takes only where IPv6 is on.
    package var isIPv6Address: Bool {
        if case .tcp(let host, _) = address { host.hasPrefix("[") } else { false }
    }

    /// Whether the system chooses the port or path.
    package var isWildcard: Bool {
        switch address {
        case .tcp(_, port: nil), .anyIPC: true
        default: false
        }
    }
}

/// Paths, names and hosts by their bytes.
extension Endpoint.Address: Equatable {
    package static func == (a: Self, b: Self) -> Bool {
        switch (a, b) {
        case (.tcp(let host, let port), .tcp(let otherHost, let otherPort)):
            Name(host) == Name(otherHost) && port == otherPort
        case (.ipc(let name), .ipc(let other)), (.abstractIPC(let name), .abstractIPC(let other)),
            (.inproc(let name), .inproc(let other)):
            Name(name) == Name(other)
        case (.anyIPC, .anyIPC): true
        default: false
        }
    }
}
