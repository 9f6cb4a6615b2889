import Glibc

/// Where connections of TCP come from, as far as limits tell them apart: an IPv4 address, or the network
/// of 64 bits of an IPv6 address, which one host has as a whole.
struct GateAddress: Hashable, Sendable {
    private let bits: UInt64

    /// - Parameter peer: `127.0.0.1:40000` or `[::1]:40000`. Nil for anything else, such as a process.
    init?(peer: String) {
        guard let colon = peer.lastIndex(of: ":") else { return nil }
        let host = peer[..<colon].filter { $0 != "[" && $0 != "]" }.prefix { $0 != "%" }
        var bytes = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET, String(host), &bytes) == 1 {
            bits = Self.number(bytes[..<4])
        } else if unsafe inet_pton(AF_INET6, String(host), &bytes) == 1 {
            let isIPv4 = bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF])
            bits = Self.number(isIPv4 ? bytes[12...] : bytes[..<8])
        } else {
            return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
