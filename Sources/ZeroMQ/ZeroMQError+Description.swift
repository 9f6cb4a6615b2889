import CZeroMQ

extension ZeroMQError: CustomStringConvertible {
    /// Such as: `cannot bind tcp://127.0.0.1:5555: Address already in use. <what to do>`.
    package var description: String {
        let place = endpoint.map { " \($0)" } ?? ""
        let reason = "cannot \(operation)\(place): \(code)"
        return advice.map { "\(reason). \($0)" } ?? reason
    }

    private var advice: String? {
        switch (operation, code) {
        case (_, .contextTerminated): "The context was shut down"
        case (.bind, .addressInUse): addressInUseAdvice
        case (.bind, .fileExists):
            "There is a file at that path that is not a socket; remove it or choose another path"
        case (.bind, .noSuchDevice), (.bind, .addressNotAvailable):
            "This machine has no such address or interface; bind to *, to an address that"
                + " `ip addr` lists, or to an interface's name"
        case (_, .permissionDenied):
            "The user needs the right to write in the path's directory, or for ports below 1024"
                + " the capability CAP_NET_BIND_SERVICE"
        case (_, .noSuchFile): "Create the directory of the path first"
        case (.bind, .invalidArgument), (.connect, .invalidArgument),
            (_, .protocolNotSupported):
            "Endpoints look like tcp://127.0.0.1:5555, tcp://*:5555, ipc:///run/sluice/in"
                + " or inproc://name; a host name is only for connecting, and one that has only"
                + " IPv6 addresses needs ipv6 = true among the socket's options"
        case (.subscribe, .messageTooLong):
            "libzmq 4.3.4 loses topics of 246 to 255 bytes; subscribe to a shorter prefix"
        case (.setOption, .invalidArgument):
            "The value is out of range, or the option is not one of this kind of socket"
        case (_, .tooManySockets):
            "Raise the limit of open files (ulimit -n) or the context's maxSockets"
        case (.send, .hostUnreachable): "No peer of that routing id is connected"
        default: nil
        }
    }

    private var addressInUseAdvice: String {
        guard let endpoint, let port = endpoint.split(separator: ":").last.flatMap({ Int($0) })
        else {
            return "Another process, or another endpoint of this one, is bound to it"
        }
        return "Another process, or another endpoint of this one, is bound to it;"
            + " `ss -ltnp 'sport = :\(port)'` shows which"
    }
}

extension ZeroMQError.Code: CustomStringConvertible {
    package var description: String { unsafe String(cString: zmq_strerror(errno)) }
}

extension ZeroMQError.Operation: CustomStringConvertible {
    package var description: String {
        switch self {
        case .createContext: "create a ZeroMQ context"
        case .createSocket(let kind): "create a \(kind) socket"
        case .setOption(let name): "set \(name)"
        case .getOption(let name): "get \(name)"
        case .bind: "bind"
        case .connect: "connect to"
        case .subscribe: "subscribe"
        case .send: "send"
        case .receive: "receive"
        case .poll: "poll"
        case .monitor: "monitor a socket"
        }
    }
}
