/// Whoever waits for a measurement: told how far it is, and asked whether to go on.
package struct EvaluationWatch: Sendable {
    /// So many more tokens are read. Called by any thread, several times a second.
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
