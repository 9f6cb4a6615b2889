import Engine
import Model
import Storage
import Wire

extension SessionPlayer {
    /// Plays up to and with the next token; nil at the end of the session, or once `end` is reached.
    ///
    /// - Throws: `ModelError` for a model without states of single tokens.
    package func nextToken(before end: SessionPlace = .end) throws -> ExportedToken? {
        while !end.isReached(by: progress) {
            try model.requireTokenStates()
            let message = progress.messages
            guard let step = try step() else { return nil }
            guard step.hasReadToken, let (place, prediction) = step.token else { continue }
            return ExportedToken(
                index: progress.incarnationTokens - 1, epoch: place.epoch, token: place.token ?? 0,
                offset: place.offset, prediction: prediction, sentiment: step.tokenSentiment,
                message: message, request: request?.record.sequence ?? 0,
                time: request?.record.time ?? 0)
        }
        return nil
    }
}
