/// The server's side of CurveZMQ's handshake (rfc.zeromq.org, 26/CURVEZMQ), without input or output.
///
///     client                               server
///     HELLO     C', Box[64 zeros](C'->S)
///                                          WELCOME  Box[S', cookie](S->C')
///     INITIATE  cookie, Box[C, vouch, metadata](C'->S')
///                                          READY    Box[metadata](S'->C')
///     MESSAGE   Box[flags, bytes](C'->S')  MESSAGE  Box[flags, bytes](S'->C')
///
/// The vouch, Box[C', S](C->S'), proves that the client has the secret of C. Keys with a prime exist
/// for one connection, so that recorded traffic cannot be read with the long-term secrets. The cookie
/// is random bytes here: the server keeps the connection's state, and only compares them.
package struct CurveHandshake {
    /// Why a client was refused.
    package struct Failure: Error, Equatable, Sendable {
        package let reason: String
    }

    /// A client that has proved its key, and what it said of itself.
    package struct Client {
        package let publicKey: CurvePublicKey
        /// Properties as in NULL's READY.
        package let metadata: [UInt8]
    }

    package static let helloBytes = 200
    package static let leastInitiateBytes = 257
    private static let cookieBytes = 96

    private let server: CurveKeyPair
    private let connection = CurveKeyPair()
    private let cookie = CurveBox.randomBytes(Self.cookieBytes)
    private var clientKey: CurvePublicKey?
    private var lastNonce: UInt64 = 0

    package init(_ server: CurveKeyPair) { self.server = server }

    /// Takes HELLO; returns WELCOME.
    package mutating func welcome(_ hello: [UInt8]) throws(Failure) -> [UInt8] {
        guard hello.count == Self.helloBytes, hello.starts(with: name("HELLO")) else {
            throw Failure(reason: "the peer's first command is not HELLO")
        }
        guard hello[6] == 1, hello[7] == 0 else {
            throw Failure(reason: "the peer speaks CurveZMQ \(hello[6]).\(hello[7]); expected 1.0")
        }
        guard let key = CurvePublicKey(bytes: Array(hello[80..<112])),
            let box = CurveBox(server.secretKey, key),
            let zeros = box.open(
                hello[120...], nonce: nonce("CurveZMQHELLO---", hello[112..<120])),
            zeros.count == 64
        else { throw Failure(reason: "HELLO is not for this server's key") }
        clientKey = key
        lastNonce = number(hello[112..<120])
        let random = CurveBox.randomBytes(16)
        return name("WELCOME") + random
            + box.seal(
                connection.publicKey.bytes + cookie, nonce: nonce("WELCOME-", random[...]))
    }

    /// Takes INITIATE; returns who the client is, and the channel to it.
    package mutating func client(
        _ initiate: [UInt8]
    ) throws(Failure) -> (client: Client, cipher: CurveCipher) {
        guard let clientKey, initiate.count >= Self.leastInitiateBytes,
            initiate.starts(with: name("INITIATE"))
        else { throw Failure(reason: "the peer's second command is not INITIATE") }
        guard CurveBox.areEqual(initiate[9..<105], cookie) else {
            throw Failure(reason: "INITIATE has another cookie than WELCOME")
        }
        let number = number(initiate[105..<113])
        guard number > lastNonce, let box = CurveBox(connection.secretKey, clientKey),
            let content = box.open(
                initiate[113...], nonce: nonce("CurveZMQINITIATE", initiate[105..<113])),
            content.count >= 128, let key = CurvePublicKey(bytes: Array(content[..<32]))
        else { throw Failure(reason: "INITIATE cannot be opened") }
        try check(vouch: content[32..<128], of: key, clientKey)
        let client = Client(publicKey: key, metadata: Array(content[128...]))
        return (client, CurveCipher(box, lastNonce: number))
    }

    private func check(
        vouch: ArraySlice<UInt8>, of key: CurvePublicKey, _ connectionKey: CurvePublicKey
    ) throws(Failure) {
        let nonce = nonce("VOUCH---", vouch.prefix(16))
        guard let box = CurveBox(connection.secretKey, key),
            let content = box.open(vouch.dropFirst(16), nonce: nonce),
            CurveBox.areEqual(content, connectionKey.bytes + server.publicKey.bytes)
        else { throw Failure(reason: "the client does not have the secret of the key it names") }
    }
}

/// Encrypts and decrypts the messages of one connection, after its handshake. Each direction counts
/// its nonces; one that does not rise is a replay.
package struct CurveCipher {
    /// Bytes of a MESSAGE besides its content: name, nonce, box and flags.
    package static let overhead = 8 + 8 + CurveBox.overhead + 1

    private let box: CurveBox
    private var lastNonce: UInt64
    private var sent: UInt64 = 0

    init(_ box: CurveBox, lastNonce: UInt64) {
        self.box = box
        self.lastNonce = lastNonce
    }

    /// READY, the server's last command.
    package mutating func ready(_ metadata: [UInt8]) -> [UInt8] {
        let number = nextNumber()
        return name("READY") + number
            + box.seal(metadata, nonce: nonce("CurveZMQREADY---", number[...]))
    }

    /// - Parameter flags: bit 0: the message continues; bit 1: it is a command.
    package mutating func seal(_ content: ArraySlice<UInt8>, flags: UInt8) -> [UInt8] {
        let number = nextNumber()
        return name("MESSAGE") + number
            + box.seal([flags] + content, nonce: nonce("CurveZMQMESSAGES", number[...]))
    }

    /// The flags and, after them, the content of a MESSAGE.
    package mutating func open(_ message: [UInt8]) throws(CurveHandshake.Failure) -> [UInt8] {
        guard message.count >= Self.overhead, message.starts(with: name("MESSAGE")) else {
            throw CurveHandshake.Failure(reason: "a frame is not an encrypted message")
        }
        let number = number(message[8..<16])
        guard number > lastNonce,
            let content = box.open(
                message[16...], nonce: nonce("CurveZMQMESSAGEC", message[8..<16])),
            !content.isEmpty
        else { throw CurveHandshake.Failure(reason: "a message cannot be opened, or came again") }
        lastNonce = number
        return content
    }

    private mutating func nextNumber() -> [UInt8] {
        sent += 1
        return (0..<8).map { UInt8(truncatingIfNeeded: sent >> (56 - 8 * UInt64($0))) }
    }
}

private func name(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + text.utf8 }

private func nonce(_ prefix: String, _ rest: ArraySlice<UInt8>) -> [UInt8] {
    Array(prefix.utf8) + rest
}

private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.reduce(0) { $0 << 8 | UInt64($1) }
}
