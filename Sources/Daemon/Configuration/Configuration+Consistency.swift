import HTTP
import StrictTOML
package import ZeroMQ

extension Configuration {
    /// Checks of keys that are valid each, but not together.
    var inconsistencies: [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        if inputs.isEmpty { problems.append(.init("input", "found none; expected at least one")) }
        if outputs.isEmpty { problems.append(.init("output", "found none; expected at least one")) }
        problems += attachments.filter { $0.bind.isEmpty && $0.connect.isEmpty }.map {
            .init($0.key, "has no endpoint; expected one in 'bind' or 'connect'")
        }
        problems += outputs.enumerated().filter { $1.events.isEmpty }.map { index, _ in
            .init("output[\(index)].events", "found none; expected at least one")
        }
        problems +=
            limits.inconsistencies + http.inconsistencies + access.inconsistencies + reachable
            + unknownServers
        for (index, output) in outputs.enumerated() {
            if let problem = output.slowReaderProblem {
                problems.append(.init("output[\(index)].slow_reader", problem))
            }
        }
        return problems + boundTwice + attachments.flatMap(\.connectedTwice)
    }

    /// Where one socket is attached, and under which key of the configuration.
    private struct Attachment {
        let key: String
        let bind: [Endpoint]
        let connect: [Endpoint]
        var serverKey: String?

        /// Connected twice, every message would arrive twice.
        var connectedTwice: [ConfigurationError.Problem] {
            connect.enumerated().compactMap { index, endpoint in
                connect[..<index].firstIndex(of: endpoint).map { first in
                    .init(
                        "\(key).connect[\(index)]",
                        "\(endpoint) is connected to already, by \(key).connect[\(first)]")
                }
            }
        }
    }

    private var attachments: [Attachment] {
        inputs.enumerated().map {
            Attachment(
                key: "input[\($0)]", bind: $1.bind, connect: $1.connect, serverKey: $1.serverKey)
        }
            + outputs.enumerated().map {
                Attachment(
                    key: "output[\($0)]", bind: $1.bind, connect: $1.connect,
                    serverKey: $1.serverKey)
            }
    }

    /// Endpoints that other machines can reach, without encryption.
    private var reachable: [ConfigurationError.Problem] {
        guard access.serverKey == nil, !access.allowInsecure else { return [] }
        return (attachments + [controlAttachment]).flatMap { attachment in
            attachment.bind.enumerated().filter { !$1.isOfThisMachine }.map { index, endpoint in
                .init(
                    "\(attachment.key).bind[\(index)]",
                    "other machines can reach \(endpoint), and nothing checks who connects; expected "
                        + "an address on loopback, or access.server_key (`sluice keygen` makes it), "
                        + "or access.allow_insecure = true where the network is trusted")
            }
        }
    }

    /// Servers on other machines that are connected to without encryption, and keys that are not used.
    private var unknownServers: [ConfigurationError.Problem] {
        attachments.flatMap { attachment -> [ConfigurationError.Problem] in
            let key = attachment.key + ".server_key"
            guard attachment.serverKey == nil else {
                if !attachment.connect.contains(where: \.isTCP) {
                    return [.init(key, "has no effect: 'connect' has no endpoint of tcp")]
                }
                guard access.serverKey == nil else { return [] }
                return [
                    .init(
                        key,
                        "needs access.server_key, the keys that the daemon itself proves who it is "
                            + "with (`sluice keygen` makes them)")
                ]
            }
            guard !access.allowInsecure else { return [] }
            return attachment.connect.enumerated().filter { !$1.isOfThisMachine }.map {
                index, endpoint in
                .init(
                    "\(attachment.key).connect[\(index)]",
                    "\(endpoint) may be another machine, and nothing checks who answers there; "
                        + "expected \(key), the public key of that server, or "
                        + "access.allow_insecure = true where the network is trusted")
            }
        }
    }

    private var controlAttachment: Attachment {
        Attachment(key: "control", bind: control.bind ?? [], connect: [])
    }

    private var boundTwice: [ConfigurationError.Problem] {
        let http = Attachment(key: "http", bind: http.bind ?? [], connect: [])
        let bound = (attachments + [controlAttachment, http]).flatMap { attachment in
            attachment.bind.enumerated().map {
                (key: "\(attachment.key).bind[\($0)]", endpoint: $1)
            }
        }
        return bound.enumerated().compactMap { index, later in
            bound[..<index].first { $0.endpoint.excludes(later.endpoint) }.map { earlier in
                .init(
                    later.key,
                    "\(later.endpoint) is taken already: \(earlier.key) binds \(earlier.endpoint)",
                    with: [earlier.key])
            }
        }
    }
}

extension Configuration.HTTP {
    fileprivate var inconsistencies: [ConfigurationError.Problem] {
        (bind ?? []).enumerated().compactMap { index, endpoint in
            let key = "http.bind[\(index)]"
            guard case .tcp(let host, _) = endpoint.address else {
                return .init(key, "found \(endpoint); expected tcp://ADDRESS:PORT")
            }
            guard tokenFile == nil, !HTTPServer.isLoopback(host) else { return nil }
            return .init(
                key,
                "other machines can reach \(endpoint); expected http.token_file as well, a file "
                    + "with the token that each request must carry")
        }
    }
}

extension Configuration.Access {
    fileprivate var inconsistencies: [ConfigurationError.Problem] {
        if serverKey != nil, keys == nil {
            return [
                .init(
                    "access.keys",
                    "is missing; expected the file with the clients' keys, since server_key is given "
                        + "(`sluice key add` makes it)")
            ]
        }
        if serverKey == nil, keys != nil {
            return [
                .init(
                    "access.server_key",
                    "is missing; expected the server's key, since keys is given (`sluice keygen` "
                        + "makes it)")
            ]
        }
        return []
    }
}

extension Configuration.Output {
    /// Only connections that are accepted can be closed one by one.
    fileprivate var slowReaderProblem: String? {
        guard slowReader == .disconnect else { return nil }
        if kind == .push {
            return "found \"disconnect\" with type \"push\"; expected \"block\" or \"drop\", since "
                + "pullers that do not read keep nobody waiting while others do"
        }
        let isInternal = bind.contains { if case .inproc = $0.address { true } else { false } }
        guard connect.isEmpty, !isInternal else {
            return "found \"disconnect\" with endpoints in 'connect' or of inproc; expected "
                + "endpoints of tcp or ipc in 'bind', where the daemon accepts the connections"
        }
        return nil
    }
}

extension Configuration.Limits {
    fileprivate var inconsistencies: [ConfigurationError.Problem] {
        var problems: [ConfigurationError.Problem] = []
        if let messageBytes, messageBytes < maxTextBytes {
            problems.append(
                .init(
                    "limits.message_bytes",
                    "found \(messageBytes); expected at least max_text_bytes, \(maxTextBytes)",
                    with: ["limits.max_text_bytes"]))
        }
        if largestTotal < 2 * largestMessage {
            problems.append(
                .init(
                    "limits.total_bytes",
                    "found \(largestTotal); expected at least twice message_bytes, "
                        + "\(2 * largestMessage)",
                    with: ["limits.max_text_bytes", "limits.message_bytes"]))
        }
        problems += connection.inconsistencies("limits.connection")
        problems += key.rates.inconsistencies("limits.key")
        for (index, stream) in streams.enumerated() {
            problems += stream.rates.inconsistencies("limits.stream[\(index)]")
            if let first = streams[..<index].firstIndex(where: { $0.prefix == stream.prefix }) {
                problems.append(
                    .init(
                        "limits.stream[\(index)].prefix",
                        "\"\(stream.prefix)\" is that of limits.stream[\(first)] already",
                        with: ["limits.stream[\(first)].prefix"]))
            }
        }
        return problems
    }
}

extension Endpoint {
    /// Whether only this machine can reach it.
    package var isOfThisMachine: Bool {
        guard case .tcp(let host, _) = address else { return true }
        let digits = host.split(separator: ".")
        let isLoopback =
            digits.count == 4 && digits[0] == "127"
            && digits.allSatisfy { UInt8($0) != nil }
        return isLoopback || ["localhost", "lo", "[::1]"].contains(host.lowercased())
    }

    /// Whether both cannot be bound at the same time.
    fileprivate func excludes(_ other: Endpoint) -> Bool {
        switch (address, other.address) {
        case (.tcp(let host, let port?), .tcp(let otherHost, let otherPort?)):
            port == otherPort
                && (Self.interface(host) == Self.interface(otherHost)
                    || Self.interface(host) == "*" || Self.interface(otherHost) == "*")
        default: !isWildcard && address == other.address
        }
    }

    private static func interface(_ host: String) -> String {
        switch host {
        case "0.0.0.0", "[::]": "*"
        case "localhost": "127.0.0.1"
        default: host
        }
    }
}
