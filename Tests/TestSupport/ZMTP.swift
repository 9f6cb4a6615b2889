/// Bytes that clients put on the wire, written out by hand.
package enum ZMTP {
    /// How the greetings of clients in use begin; all go on as ZMTP 3 has it, with mechanism NULL.
    package enum Client: CaseIterable, Sendable {
        /// libzmq 4.0 and 4.1: ZMTP 3.0. Its signature has the length of an empty identity.
        case libzmq40
        /// libzmq 4.2 and 4.3 and what is built on it (pyzmq, zmq.js), and JeroMQ: ZMTP 3.1.
        case libzmq43
        /// zmq4 for Go, zmq.rs, zeromq.js of pure JavaScript: zeros as padding.
        case zeroPadded

        var signature: [UInt8] {
            switch self {
            case .libzmq40, .libzmq43: [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F]
            case .zeroPadded: [0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0x7F]
            }
        }

        var minorVersion: UInt8 { self == .libzmq43 ? 1 : 0 }
    }

    /// 64 bytes: ZMTP 3, "Greeting".
    package static func greeting(_ client: Client, mechanism: String = "NULL") -> [UInt8] {
        let name = Array(mechanism.utf8)
        return client.signature + [3, client.minorVersion] + name
            + Array(repeating: 0, count: 52 - name.count)
    }

    /// The command that ends NULL's handshake.
    package static func ready(socketType: String, identity: String = "") -> [UInt8] {
        command(
            [5] + Array("READY".utf8) + property("Socket-Type", socketType)
                + property("Identity", identity))
    }

    private static func property(_ name: String, _ value: String) -> [UInt8] {
        [UInt8(name.utf8.count)] + Array(name.utf8) + [0, 0, 0, UInt8(value.utf8.count)]
            + Array(value.utf8)
    }

    package static func command(_ body: [UInt8]) -> [UInt8] { [4, UInt8(body.count)] + body }

    /// A frame of a message; with `more`, the message continues.
    package static func frame(_ body: [UInt8], more: Bool = false) -> [UInt8] {
        if body.count < 256 { return [more ? 1 : 0, UInt8(body.count)] + body }
        return longHeader(body.count, more: more) + body
    }

    /// What comes before a long frame of so many bytes.
    package static func longHeader(_ count: Int, more: Bool = false) -> [UInt8] {
        [more ? 3 : 2] + (0..<8).map { UInt8(truncatingIfNeeded: count >> (56 - 8 * $0)) }
    }

    /// A peer of ZMTP 1.0, which has no greeting: an empty identity, and a message.
    package static func version1(_ message: [UInt8]) -> [UInt8] {
        [1, 0, UInt8(message.count + 1), 0] + message
    }

    /// A peer of ZMTP 2.0: signature, revision 1, the type's number, an empty identity, a message.
    package static func version2(socketType: UInt8, _ message: [UInt8]) -> [UInt8] {
        Client.libzmq43.signature + [1, socketType, 0, 0, 0, UInt8(message.count)] + message
    }

    /// What is no ZMTP 3 with a mechanism of ours, by name; each tries to bring in a message.
    package static let strangers: [(name: String, bytes: [UInt8])] = [
        ("HTTP GET", Array("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)),
        ("HTTP POST", httpPost), ("TLS", tlsHello),
        ("ZMTP 1.0", version1(Array("hello".utf8))),
        ("ZMTP 1.0, subscribing", version1([1])),
        ("ZMTP 1.0 with a signature", Client.libzmq43.signature + [0] + version1([1])),
        ("ZMTP 2.0, PUSH", version2(socketType: 8, Array("hello".utf8))),
        ("ZMTP 2.0, SUB", version2(socketType: 2, [1])),
        ("ZMTP 3, PLAIN", greeting(.libzmq43, mechanism: "PLAIN") + ready(socketType: "PUSH")),
    ]

    /// A body that ZMTP 1.0 reads as frames, after a head whose bytes are lengths to it.
    private static let httpPost: [UInt8] = {
        let header = Array(#"{"op":"end","stream":"victim"}"#.utf8)
        let frame = [UInt8(header.count + 1), 0] + header
        let body = (0..<3).flatMap { [UInt8](repeating: 2, count: 600 + $0) + frame }
        return Array("POST / HTTP/1.1\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body
    }()

    /// The beginning of a ClientHello of TLS 1.2.
    private static let tlsHello: [UInt8] =
        [0x16, 3, 1, 0, 0xA5, 1, 0, 0, 0xA1, 3, 3] + Array(repeating: 0x5A, count: 160)
}
