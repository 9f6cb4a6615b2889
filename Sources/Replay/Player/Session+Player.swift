package import Engine

extension Session {
    /// A player at a place, which it reached without publishing; at the end, if the session does not
    /// reach the place.
    ///
    /// - Parameters:
    ///   - listening: what it publishes from there on.
    ///   - models: finds the models that the requests were read by; nil for the store's.
    ///   - options: `top`, where no recorded request has the number of candidates, and `kernelTier`.
    /// - Throws: `StorageError`, `MissingModelError`, `KernelError`, `SnapshotError`.
    package func player(
        at place: SessionPlace = .start, listening: SessionPlayer.Listening = .everything,
        models: ModelSource? = nil, options: EngineOptions = EngineOptions()
    ) throws -> SessionPlayer {
        let place = try resolved(place)
        let player = try SessionPlayer(
            RequestSource(self, models: models), from: beginning(of: place),
            listening: listening, options: options)
        try player.skip(to: place)
        guard case .offset(let epoch, let byte) = place else { return player }
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
