import CSodium

/// Encrypts and authenticates between two keys: crypto_box of NaCl, by libsodium.
///
/// Every nonce is used once for a pair of keys: its users count.
package struct CurveBox: Sendable {
    /// Bytes that a box has more than its content.
    package static let overhead = 16
    package static let nonceBytes = 24

    /// The secret that both sides share.
    private let shared: [UInt8]

    /// Nil for a public key that gives no secret, such as zero.
    package init?(_ secretKey: CurveSecretKey, _ publicKey: CurvePublicKey) {
        Self.prepare()
        var shared = [UInt8](repeating: 0, count: 32)
        guard unsafe crypto_box_beforenm(&shared, publicKey.bytes, secretKey.bytes) == 0 else {
            return nil
        }
        self.shared = shared
    }

    package func seal(_ content: [UInt8], nonce: [UInt8]) -> [UInt8] {
        precondition(nonce.count == Self.nonceBytes)
        var box = [UInt8](repeating: 0, count: content.count + Self.overhead)
        unsafe crypto_box_easy_afternm(&box, content, UInt64(content.count), nonce, shared)
        return box
    }

    /// Nil if the box is not of these keys and this nonce, or was changed.
    package func open(_ box: ArraySlice<UInt8>, nonce: [UInt8]) -> [UInt8]? {
        guard box.count >= Self.overhead, nonce.count == Self.nonceBytes else { return nil }
        var content = [UInt8](repeating: 0, count: box.count - Self.overhead)
        // A box has at least its overhead, so there is a base address.
        let status = unsafe box.withUnsafeBufferPointer { box in
            unsafe crypto_box_open_easy_afternm(
                &content, box.baseAddress.unsafelyUnwrapped, UInt64(box.count), nonce, shared)
        }
        return status == 0 ? content : nil
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        prepare()
        var bytes = [UInt8](repeating: 0, count: count)
        unsafe randombytes_buf(&bytes, count)
        return bytes
    }

    /// Compares in a time that does not depend on where the bytes differ.
    package static func areEqual(_ a: some Collection<UInt8>, _ b: some Collection<UInt8>) -> Bool {
        a.count == b.count && zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// libsodium's implementations are chosen by the processor once.
    private static let isReady = sodium_init() >= 0

    static func prepare() {
        precondition(isReady, "libsodium finds no source of random numbers")
    }
}
