package import Model
package import Wire

extension OutputProfile {
    /// How many events of a kind were due before a stream came this far: the number of the next one.
    /// A model that reads whole messages has no events of single tokens.
    package func dueCount(
        of kind: EventKind, at progress: StreamProgress, readBy config: ModelConfig
    ) -> UInt64 {
        switch kind {
        case .stream: return stream ? progress.streamEvents : 0
        case .error: return error ? progress.errorEvents : 0
        case .next, .sentiment:
            return limited(to: config.heads).cadence(of: kind).dueCount(
                tokens: config.bidirectional ? 0 : progress.incarnationTokens,
                messages: progress.incarnationMessages)
        }
    }
}
