extension Endpoint {
    static func parse(_ text: String) throws(EndpointError) -> Address {
        func malformed(_ problem: String) -> EndpointError {
            EndpointError(text: text, problem: problem)
        }
        guard !text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
            throw malformed("it contains a control character")
        }
        guard let separator = text.firstRange(of: "://") else {
            throw malformed("it names no transport; put tcp://, ipc:// or inproc:// before it")
        }
        let rest = String(text[separator.upperBound...])
        do throws(Problem) {
            switch text[..<separator.lowerBound] {
            case "tcp": return try parseTCP(rest)
            case "ipc": return try parseIPC(rest)
            case "inproc": return try parseInproc(rest)
            case let other: throw Problem("unknown transport '\(other)'; use tcp, ipc or inproc")
            }
        } catch {
            throw malformed(error.text)
        }
    }

    private struct Problem: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }

    private static func parseTCP(_ rest: String) throws(Problem) -> Address {
        guard let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") else {
            throw Problem("the port is missing after '\(rest)'")
        }
        let host = String(rest[..<colon])
        try checkHost(host)
        return .tcp(host: host, port: try parsePort(rest[rest.index(after: colon)...]))
    }

    private static func parsePort(_ text: Substring) throws(Problem) -> UInt16? {
        if text == "*" || text == "0" { return nil }
        guard !text.isEmpty else { throw Problem("the port is missing after ':'") }
        guard text.utf8.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) else {
            throw Problem("the port '\(text)' is not a number from 1 to 65535")
        }
        guard let port = UInt16(text), port > 0 else {
            throw Problem("the port \(text) is out of range, 1 to 65535")
        }
        return port
    }

    private static func checkHost(_ host: String) throws(Problem) {
        guard !host.isEmpty else {
            throw Problem("the host is missing before the port; * is every interface")
        }
        if host == "*" { return }
        if host.hasPrefix("[") { return try checkIPv6(host) }
        guard !host.contains(":") else {
            throw Problem("an IPv6 address goes in brackets: '[\(host)]'")
        }
        guard host.utf8.allSatisfy(isHostByte) else {
            throw Problem("'\(host)' is not a host name or address")
        }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.contains(where: { Int($0) == nil }) || isIPv4(labels) else {
            throw Problem("'\(host)' is not an IPv4 address")
        }
    }

    private static func checkIPv6(_ host: String) throws(Problem) {
        let inside = host.dropFirst().dropLast().prefix { $0 != "%" }
        guard host.hasSuffix("]"), inside.contains(":"),
            inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
        else { throw Problem("'\(host)' is not an IPv6 address in brackets") }
    }

    private static func isIPv4(_ labels: [Substring]) -> Bool {
        labels.count == 4 && labels.allSatisfy { UInt8($0) != nil }
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
            UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func parseIPC(_ path: String) throws(Problem) -> Address {
        guard !path.isEmpty else { throw Problem("the path is missing") }
        guard path != "@" else { throw Problem("the abstract name is missing after '@'") }
        guard path.utf8.count <= SocketAddress.longestPath else {
            throw Problem(
                "the path has \(path.utf8.count) bytes; the system allows \(SocketAddress.longestPath)"
            )
        }
        if path == "*" { return .anyIPC }
        return path.hasPrefix("@")
            ? .abstractIPC(name: String(path.dropFirst())) : .ipc(path: path)
    }

    private static func parseInproc(_ name: String) throws(Problem) -> Address {
        guard !name.isEmpty else { throw Problem("the name is missing") }
        guard name.utf8.count <= 255 else {
            throw Problem("the name has \(name.utf8.count) bytes; at most 255 are allowed")
        }
        return .inproc(name: name)
    }
}
