/// Callbacks of a measurement: progress, and whether to stop.
package struct EvaluationWatch: Sendable {
    /// Receives the number of further tokens read. Any thread calls it, several times a second.
    package let didRead: @Sendable (Int) -> Void
    package let shouldStop: @Sendable () -> Bool

    package init(
        didRead: @escaping @Sendable (Int) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) {
        self.didRead = didRead
        self.shouldStop = shouldStop
    }
}
