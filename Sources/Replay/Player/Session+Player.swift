package import Engine
package import Model

extension Session {
    /// A player at a place, which it reached without publishing; at the end, if the session does not
    /// reach the place.
    ///
    /// - Parameters:
    ///   - listening: what it publishes from there on.
    ///   - model: reads all requests, instead of the models that they were read by. Another model's
    ///     checkpoints mean nothing to it, so it begins at the incarnation's beginning.
    ///   - models: finds the models that the requests were read by; nil for the store's.
    ///   - options: `top`, where no recorded request has the number of candidates, and `kernelTier`.
    /// - Throws: `StorageError`, `MissingModelError`, `KernelError`, `SnapshotError`.
    package func player(
        at place: SessionPlace = .start, listening: SessionPlayer.Listening = .everything,
        model: Model? = nil, models: ModelSource? = nil,
        options: EngineOptions = EngineOptions()
    ) throws -> SessionPlayer {
        let place = try resolved(place)
        let player = try SessionPlayer(
            self, from: model == nil ? beginning(of: place) : firstBeginning(),
            listening: listening, models: model.map { model in { _ in model } } ?? models,
            options: options)
        try player.skip(to: place)
        guard case .offset(let epoch, let byte) = place, model == nil else { return player }
        // It has read the byte. The place is before its token.
        let progress = player.progress
        guard progress.epoch == epoch, progress.offset > byte, progress.incarnationTokens > 0 else {
            return player
        }
        return try self.player(
            at: .token(progress.incarnationTokens - 1), listening: listening, models: models,
            options: options)
    }
}
