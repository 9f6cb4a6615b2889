import Engine
import Model
import Replay
import Storage
import Tokenizer

/// The latest text of an epoch, as its publishers sent it.
struct SourceText {
    private let encoder: TokenEncoder
    private var bytes: [UInt8] = []
    /// The offset of the first byte in the epoch's text.
    private var start: UInt64 = 0

    /// The maximum number of bytes of a message that a text pattern sees.
    static let window = 512
    /// The number of bytes kept before those that tokens do not cover yet.
    private static let kept = 1 << 14

    /// Begins with the text of the message that was read before `snapshot`.
    init(_ model: Model, _ snapshot: StreamSnapshot?, _ session: Session) throws {
        encoder = model.tokenizer.makeEncoder()
        guard let snapshot, snapshot.model == model.fingerprint else { return }
        let held = try held(by: snapshot.state)
        let end = snapshot.state.offset + UInt64(held)
        bytes = try session.messageText(
            before: snapshot.sequence, position: Int(snapshot.position),
            count: Self.window + held)
        bytes = bytes.suffix(Int(min(end, UInt64(bytes.count))))
        start = end - UInt64(bytes.count)
    }

    private func held(by state: StreamSnapshot.State) throws -> Int {
        guard !state.tokenizer.isEmpty else { return 0 }
        return try IncrementalTokenizer(encoder, restoring: state.tokenizer).heldBackByteCount
    }

    /// Adds the text to be read next from this state. Removes text that was refused before it.
    mutating func append(
        _ text: ArraySlice<UInt8>, after state: StreamSnapshot.State, of model: Model
    ) throws {
        let end = state.offset + UInt64(try held(by: state))
        if start + UInt64(bytes.count) != end { (bytes, start) = ([], end) }
        let surplus = bytes.count - Self.kept
        if surplus > 0 {
            bytes.removeFirst(surplus)
            start += UInt64(surplus)
        }
        bytes += text
    }

    func bytes(in range: Range<UInt64>) -> [UInt8] {
        let end = start + UInt64(bytes.count)
        let (low, high) = (max(range.lowerBound, start), min(range.upperBound, end))
        return low < high ? Array(bytes[Int(low - start)..<Int(high - start)]) : []
    }

    /// The last `Self.window` bytes of a message that began at `first`.
    func bytes(upTo end: UInt64, from first: UInt64) -> [UInt8] {
        let window = UInt64(Self.window)
        return bytes(in: max(first, end - min(end, window))..<end)
    }
}
