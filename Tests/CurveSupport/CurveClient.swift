package import Curve

/// The client's side of CurveZMQ, written out by hand, so that each part of what it sends can be wrong.
package struct CurveClient {
    /// What the server sent is not what it should be.
    package struct Failure: Error {
        package let reason: String
    }

    package let pair: CurveKeyPair
    private let connection = CurveKeyPair()
    private let server: CurvePublicKey
    private var sent: UInt64 = 0

    package init(server: CurvePublicKey, pair: CurveKeyPair = CurveKeyPair()) {
        self.server = server
        self.pair = pair
    }

    package mutating func hello() throws -> [UInt8] {
        let number = nextNumber()
        return [5] + Array("HELLO".utf8) + [1, 0] + [UInt8](repeating: 0, count: 72)
            + connection.publicKey.bytes + number
            + (try seal(
                [UInt8](repeating: 0, count: 64), "CurveZMQHELLO---", number, connection.secretKey,
                server))
    }

    /// - Parameter named: whose key it claims to have.
    package mutating func initiate(
        _ welcome: [UInt8], named: CurvePublicKey? = nil, metadata: [UInt8] = [1, 2, 3]
    ) throws -> [UInt8] {
        let (key, cookie) = try open(welcome)
        let number = nextNumber()
        let nonce = [UInt8](repeating: 0, count: 8) + number
        let vouch = try seal(
            connection.publicKey.bytes + server.bytes, "VOUCH---", nonce, pair.secretKey, key)
        return [8] + Array("INITIATE".utf8) + cookie + number
            + (try seal(
                (named ?? pair.publicKey).bytes + nonce + vouch + metadata, "CurveZMQINITIATE",
                number, connection.secretKey, key))
    }

    /// - Parameter flags: bit 0: the message continues; bit 1: it is a command.
    package mutating func message(
        _ content: [UInt8], flags: UInt8 = 0, _ welcome: [UInt8]
    ) throws -> [UInt8] {
        let number = nextNumber()
        return [7] + Array("MESSAGE".utf8) + number
            + (try seal(
                [flags] + content, "CurveZMQMESSAGEC", number, connection.secretKey,
                try open(welcome).key))
    }

    /// The flags and the content of a MESSAGE of the server's.
    package func content(of message: [UInt8], _ welcome: [UInt8]) throws -> [UInt8] {
        guard message.count > 16,
            let box = CurveBox(connection.secretKey, try open(welcome).key),
            let content = box.open(
                message[16...], nonce: Array("CurveZMQMESSAGES".utf8) + message[8..<16])
        else { throw Failure(reason: "MESSAGE cannot be opened") }
        return content
    }

    /// The server's key of this connection, and the cookie.
    private func open(_ welcome: [UInt8]) throws -> (key: CurvePublicKey, cookie: [UInt8]) {
        guard welcome.count > 24, let box = CurveBox(connection.secretKey, server),
            let content = box.open(
                welcome[24...], nonce: Array("WELCOME-".utf8) + welcome[8..<24]),
            let key = CurvePublicKey(bytes: Array(content.prefix(32)))
        else { throw Failure(reason: "WELCOME cannot be opened") }
        return (key, Array(content[32...]))
    }

    private func seal(
        _ content: [UInt8], _ prefix: String, _ number: [UInt8], _ secret: CurveSecretKey,
        _ key: CurvePublicKey
    ) throws -> [UInt8] {
        guard let box = CurveBox(secret, key) else {
            throw Failure(reason: "the server's key gives no secret")
        }
        return box.seal(content, nonce: Array(prefix.utf8) + number)
    }

    private mutating func nextNumber() -> [UInt8] {
        sent += 1
        return (0..<8).map { UInt8(truncatingIfNeeded: sent >> (56 - 8 * UInt64($0))) }
    }
}
