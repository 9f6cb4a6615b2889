/// Why a message is not taken in.
struct IntakeRefusal: Equatable, Sendable {
    let limit: IntakeLimit
    /// The number that is exceeded; of `order`, the number that is awaited.
    let most: UInt64
    /// Of a text, its bytes; of a message that is larger than a burst of bytes, its bytes.
    var found = 0
    /// How long it is until the same message may be sent again, in nanoseconds; 0 where time does not
    /// help.
    var wait: Int64 = 0

    /// In milliseconds, from 1.
    var retryAfter: Int? { wait > 0 ? Int((wait - 1) / 1_000_000 + 1) : nil }
}
