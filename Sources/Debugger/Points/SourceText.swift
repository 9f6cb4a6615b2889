import Engine
import Model
import Replay
import Storage
import Tokenizer

/// The latest of an epoch's text, as its publishers sent it.
struct SourceText {
    private let encoder: TokenEncoder
    private var bytes: [UInt8] = []
    /// Of the first of them in the epoch's text.
    private var start: UInt64 = 0

    /// Bytes of a message that a text pattern sees, at most.
    static let window = 512
    /// Bytes kept behind the ones that tokens do not cover yet.
    private static let kept = 1 << 14

    /// With what was read of the message when `snapshot` was taken.
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

    /// Adds what is about to be read in this state. Text that was refused before it is forgotten.
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
