package import Engine

/// A place in a session, between two of its tokens.
package enum SessionPlace: Equatable, Sendable {
    /// Before the first stored request.
    case start
    /// After so many tokens of the incarnation: the next one has this index.
    case token(UInt64)
    /// After so many tokens of one epoch.
    case epochToken(epoch: UInt64, UInt64)
    /// Before the token that covers this byte of an epoch's text.
    case offset(epoch: UInt64, UInt64)
    /// After so many complete messages of an epoch.
    case message(epoch: UInt64, UInt64)
    /// Before this request.
    case request(UInt64)
    /// Before the first request that was accepted then or later, in seconds since 1970.
    case time(Double)
    /// After the last request.
    case end

    /// Whether a stream with this progress is at the place or beyond.
    package func isReached(by progress: StreamProgress) -> Bool {
        switch self {
        case .start: true
        case .token(let token): progress.incarnationTokens >= token
        case .epochToken(let epoch, let token): (progress.epoch, progress.tokens) >= (epoch, token)
        // Once the byte has been read.
        case .offset(let epoch, let byte): (progress.epoch, progress.offset) > (epoch, byte)
        case .message(let epoch, let message):
            (progress.epoch, progress.messages) >= (epoch, message)
        case .request(let sequence): progress.sequence >= sequence
        case .time, .end: false
        }
    }
}
