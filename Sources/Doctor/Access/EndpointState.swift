import ZeroMQ

/// An endpoint that the configuration binds, as it is now.
struct EndpointState: Equatable, Sendable {
    /// As errors name it: `input[0].bind[0]`.
    var key: String
    var endpoint: Endpoint
    var probe: EndpointProbe
    /// Who listens there, if that is seen.
    var holder: SocketHolders.Holder?
    /// Whether a daemon answers by its control socket.
    var hasDaemon: Bool
    /// The process that writes the store.
    var daemon: Int?
    /// The daemon serves without it where it is taken: the default endpoint of HTTP.
    var isOptional = false

    init(
        key: String, endpoint: Endpoint, probe: EndpointProbe, holder: SocketHolders.Holder? = nil,
        hasDaemon: Bool, daemon: Int? = nil, isOptional: Bool = false
    ) {
        self.daemon = daemon
        (self.key, self.endpoint, self.probe) = (key, endpoint, probe)
        (self.holder, self.hasDaemon, self.isOptional) = (holder, hasDaemon, isOptional)
    }

    var finding: DoctorFinding {
        let name = "\(key): \(endpoint)"
        switch probe {
        case .free where hasDaemon && !isOptional && isFixed:
            return .warning(
                .endpoint, "\(name) is free, although a daemon runs: it has another configuration",
                "`sluice ctl reload`, or name the configuration of that daemon with --config")
        case .free: return .ok(.endpoint, "\(name) is free")
        case .taken: return taken(name)
        case .hidden: return .unknown(.endpoint, "\(name) is there, and this user may not use it")
        case .refused(let error):
            return .error(.endpoint, "\(key): \(error)", "correct \(key)")
        }
    }

    /// Others can see where it is bound.
    private var isFixed: Bool {
        if case .inproc = endpoint.address { false } else { !endpoint.isWildcard }
    }

    private func taken(_ name: String) -> DoctorFinding {
        if let holder, holder.name == "sluice" || holder.process == daemon {
            return .ok(.endpoint, "\(name) is held by the daemon, process \(holder.process)")
        }
        if holder == nil, hasDaemon {
            return .ok(.endpoint, "\(name) is in use, and a daemon runs")
        }
        let other =
            holder.map { "process \($0.process) (\($0.name))" }
            ?? "a process that this user cannot see"
        let remedy = "stop that process (`ss -ltnxp` shows it), or choose another endpoint"
        return isOptional || holder == nil
            ? .warning(.endpoint, "\(name) is held by \(other)", remedy)
            : .error(.endpoint, "\(name) is held by \(other)", remedy)
    }
}
