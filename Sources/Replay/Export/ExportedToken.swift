import Engine
import Journal
import Model
import Storage
package import Wire

/// One token of a stored life, with all that is known of it: a row of an export.
package struct ExportedToken: Equatable, Sendable {
    /// Its index in the life.
    package var index: UInt64
    package var epoch: UInt64
    /// Its index in the epoch.
    package var token: UInt64
    /// Bytes of the epoch's text.
    package var offset: Range<UInt64>
    package var prediction: Prediction
    /// Nil for a model without a sentiment head.
    package var sentiment: Sentiment?
    /// The index of its message in the epoch.
    package var message: UInt64
    /// The request that it was read in, and when that was accepted, in seconds since 1970.
    package var request: UInt64
    package var time: Double
}

extension SessionPlayer {
    /// Plays up to and with the next token; nil at the end of the life, or once `end` is reached.
    ///
    /// - Throws: `ModelError` for a model that has nothing to export of single tokens.
    package func nextToken(before end: SessionPlace = .end) throws -> ExportedToken? {
        while !end.isReached(by: progress) {
            try model.requireTokenStates()
            let message = progress.messages
            guard let step = try step() else { return nil }
            guard step.hasReadToken, let (place, prediction) = step.token else { continue }
            return ExportedToken(
                index: progress.lifeTokens - 1, epoch: place.epoch, token: place.token ?? 0,
                offset: place.offset, prediction: prediction, sentiment: step.tokenSentiment,
                message: message, request: request?.record.sequence ?? 0,
                time: request?.record.time ?? 0)
        }
        return nil
    }
}

extension StreamPlayer.Step {
    /// After the token that was read.
    package var tokenSentiment: Sentiment? {
        for event in events {
            if case .sentiment(let sentiment) = event.payload, sentiment.scope == .token {
                return sentiment
            }
        }
        return nil
    }
}
