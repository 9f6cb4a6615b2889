import CSodium

/// A BLAKE2b-256 digest (RFC 7693, through libsodium).
package struct Digest: Hashable, Sendable {
    package static let byteCount = 32

    package let bytes: [UInt8]

    /// The digest of the values' bytes, little-endian as they stand in the file.
    package init(of values: [Float]) {
        let hasher = Hasher()
        unsafe values.withUnsafeBytes { unsafe hasher.update($0) }
        self = hasher.finish()
    }

    package init(of bytes: [UInt8]) {
        let hasher = Hasher()
        unsafe bytes.withUnsafeBytes { unsafe hasher.update($0) }
        self = hasher.finish()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// 64 hexadecimal digits.
    package var hex: String { bytes.hex }

    /// Takes fields one after another. Each goes in with its length, so that two sequences of
    /// fields never look alike.
    @safe package struct Hasher: ~Copyable {
        /// libsodium's implementations are chosen by the processor once.
        private static let isReady = sodium_init() >= 0

        /// Allocated by `init` and freed by `deinit`; only this type's methods pass it on.
        private let state: OpaquePointer

        package init() {
            precondition(Self.isReady, "libsodium finds no source of random numbers")
            let memory = UnsafeMutableRawPointer.allocate(
                byteCount: crypto_generichash_blake2b_statebytes(), alignment: 64)
            unsafe state = OpaquePointer(memory)
            unsafe crypto_generichash_blake2b_init(state, nil, 0, Digest.byteCount)
        }

        deinit { unsafe UnsafeMutableRawPointer(state).deallocate() }

        fileprivate func update(_ bytes: UnsafeRawBufferPointer) {
            let start = unsafe bytes.bindMemory(to: UInt8.self).baseAddress
            unsafe crypto_generichash_blake2b_update(state, start, UInt64(bytes.count))
        }

        package func combine(_ field: [UInt8]) {
            var length = UInt64(field.count).littleEndian
            unsafe withUnsafeBytes(of: &length) { unsafe update($0) }
            unsafe field.withUnsafeBytes { unsafe update($0) }
        }

        package func combine(_ field: String) { combine(Array(field.utf8)) }

        package func finish() -> Digest {
            var bytes = [UInt8](repeating: 0, count: Digest.byteCount)
            unsafe crypto_generichash_blake2b_final(state, &bytes, bytes.count)
            return Digest(bytes: bytes)
        }
    }
}

extension Sequence<UInt8> {
    /// Two hexadecimal digits for each byte.
    package var hex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
