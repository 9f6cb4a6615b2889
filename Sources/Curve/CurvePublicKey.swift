import CSodium

/// A public key of Curve25519. Its text is Z85 (rfc.zeromq.org, 32/Z85), 40 characters.
package struct CurvePublicKey: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Nil unless the text is 40 characters of Z85.
    package init?(text: String) {
        guard let bytes = Z85.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    package var text: String { Z85.encode(bytes) }
    package var description: String { text }
}

/// A secret key of Curve25519. Its bytes are erased when the last reference goes; nothing prints them.
package final class CurveSecretKey: Sendable {
    let bytes: [UInt8]

    /// Nil unless there are 32 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == CurvePublicKey.byteCount else { return nil }
        self.bytes = bytes
    }

    deinit {
        // The array is this object's own and nobody else reads it any more.
        unsafe bytes.withUnsafeBytes {
            unsafe sodium_memzero(UnsafeMutableRawPointer(mutating: $0.baseAddress), $0.count)
        }
    }

    /// Lends the key's bytes, for libzmq's options and for a certificate's file.
    package func withBytes<Result>(_ body: ([UInt8]) throws -> Result) rethrows -> Result {
        try body(bytes)
    }
}

/// A key pair of Curve25519.
package struct CurveKeyPair: Sendable {
    package let publicKey: CurvePublicKey
    package let secretKey: CurveSecretKey

    /// A new random pair.
    package init() {
        CurveBox.prepare()
        var publicBytes = [UInt8](repeating: 0, count: CurvePublicKey.byteCount)
        var secretBytes = publicBytes
        unsafe crypto_box_keypair(&publicBytes, &secretBytes)
        guard let publicKey = CurvePublicKey(bytes: publicBytes),
            let secretKey = CurveSecretKey(bytes: secretBytes)
        else { preconditionFailure("keys have \(CurvePublicKey.byteCount) bytes") }
        (self.publicKey, self.secretKey) = (publicKey, secretKey)
    }

    /// Nil if the keys do not belong together.
    package init?(publicKey: CurvePublicKey, secretKey: CurveSecretKey) {
        CurveBox.prepare()
        var derived = [UInt8](repeating: 0, count: CurvePublicKey.byteCount)
        guard unsafe crypto_scalarmult_base(&derived, secretKey.bytes) == 0,
            derived == publicKey.bytes
        else { return nil }
        (self.publicKey, self.secretKey) = (publicKey, secretKey)
    }
}
