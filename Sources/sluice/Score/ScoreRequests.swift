import Client
import Wire

/// A whole input as requests.
struct ScoreRequests {
    let path: String
    let stream: StreamID
    let perLine: Bool

    /// Reads the input to its end, or until the user interrupts.
    ///
    /// - Throws: `ClientError`, `ZeroMQError`.
    func all(_ interruption: Interruption) throws -> [Request] {
        var input = try FileInput(paths: [path])
        var splitter = MessageSplitter(perLine ? .line : .wholeText, longestPiece: 1 << 14)
        var pieces: [MessageSplitter.Piece] = []
        reading: while !interruption.isRequested {
            switch try input.read() {
            case .bytes(let bytes): splitter.append(bytes, to: &pieces)
            case .endOfText: splitter.finish(&pieces)
            case .pending: try input.wait(or: interruption)
            case .notice: break
            case .end: break reading
            }
        }
        if interruption.isRequested { splitter.finish(&pieces) }
        return pieces.map { Request(stream: stream, text: $0.text, more: $0.more) }
    }
}
