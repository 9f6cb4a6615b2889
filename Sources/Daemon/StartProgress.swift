/// Receives the progress of the start, and of the work beside serving; an empty text ends it.
package struct StartProgress: Sendable {
    package var starting: @Sendable (String) -> Void
    package var serving: @Sendable (String) -> Void
    /// A reload begins, and has ended.
    package var reloading: @Sendable () -> Void = {}
    package var reloaded: @Sendable () -> Void = {}
    /// A stop begins, which may take this long.
    package var stopping: @Sendable (Duration) -> Void = { _ in }

    package init(
        starting: @escaping @Sendable (String) -> Void = { _ in },
        serving: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.starting = starting
        self.serving = serving
    }
}
