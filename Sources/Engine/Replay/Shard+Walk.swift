package import Wire

extension Shard {
    /// Whether the stream could go on from its snapshot: none of its text is tokenised and not
    /// yet read.
    package func isBetweenSlices(_ id: StreamID) -> Bool {
        residence[id].map { $0.work?.isBetweenSlices ?? true } ?? false
    }
}
