package import Digests

/// The identity of a model: BLAKE2b-256 over its configuration, weights and tokenizer. States,
/// records and events carry it, so that a state is never used with another model.
package struct Fingerprint: Hashable, Sendable {
    package static let byteCount = Digest.byteCount

    package let bytes: [UInt8]

    /// A stored fingerprint; nil unless it has 32 bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// Hashes, in this order: a domain name; the canonical configuration; the number of tensors;
    /// for each tensor, sorted by name, its name, its dtype and shape, and the digest of its data;
    /// the bytes of tokenizer.json (none for a byte model); the bytes of ngrams.tsv, if the
    /// configuration has n-grams.
    package init(
        config: ModelConfig, digests: [String: Digest], tokenizer: [UInt8], ngrams: [UInt8] = []
    ) {
        let hasher = Digest.Hasher()
        hasher.combine("sluice model fingerprint 1")
        hasher.combine(config.canonical)
        let specs = config.tensors.sorted { $0.name < $1.name }
        hasher.combine(String(specs.count))
        for spec in specs {
            hasher.combine(spec.name)
            hasher.combine(spec.summary)
            hasher.combine(digests[spec.name]?.bytes ?? [])
        }
        hasher.combine(tokenizer)
        if config.heads.sentimentNGrams > 0 { hasher.combine(ngrams) }
        bytes = hasher.finish().bytes
    }

    /// 64 hexadecimal digits.
    package var hex: String { bytes.hex }
    /// The first 16 hexadecimal digits, for people.
    package var short: String { bytes.prefix(8).hex }
}
