import Glibc

/// Whether an endpoint can be bound now.
package enum EndpointProbe: Equatable, Sendable {
    case free
    /// A process listens there.
    case taken
    /// A socket's file is there, which this user may not use or see.
    case hidden
    case refused(ZeroMQError)
}

extension Endpoint {
    /// Looks whether the endpoint can be bound, without listening there and without taking it from a
    /// process that begins to listen meanwhile.
    ///
    /// - Parameter ipv6: as of the socket's options.
    package func probe(ipv6: Bool = false) -> EndpointProbe {
        do throws(ZeroMQError) {
            switch address {
            case .tcp(let host, let port?):
                return try probeTCP(host, port, ipv6: ipv6)
            case .ipc:
                if isDenied { return .hidden }
                try checkNotListened()
            case .abstractIPC(let name):
                let address = SocketAddress(path: "\0" + name)
                guard let descriptor = try? address.open(isBlocking: false) else { return .free }
                defer { close(descriptor) }
                return address.connect(descriptor) || errno == EAGAIN ? .taken : .free
            case .tcp(_, nil), .anyIPC, .inproc: break
            }
            return .free
        } catch {
            return error.code == .addressInUse ? .taken : .refused(error)
        }
    }

    private func probeTCP(
        _ host: String, _ port: UInt16, ipv6: Bool
    ) throws(ZeroMQError) -> EndpointProbe {
        do throws(ZeroMQError.Code) {
            let address = host == "localhost" ? "127.0.0.1" : host
            try SocketAddress(host: address, port: port, ipv6: ipv6).checkBindable()
            return .free
        } catch {
            throw ZeroMQError(.bind, endpoint: text, code: error)
        }
    }
}

extension SocketAddress {
    /// Binds a socket there that does not listen: others can bind at the same time.
    fileprivate func checkBindable() throws(ZeroMQError.Code) {
        close(try bound())
    }
}
