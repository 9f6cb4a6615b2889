/// Where a stream in memory is now.
package struct StreamPosition: Equatable, Sendable {
    /// Its number among those of the same name.
    package let incarnation: UInt64
    package let progress: StreamProgress

    package init(incarnation: UInt64, progress: StreamProgress) {
        self.incarnation = incarnation
        self.progress = progress
    }
}
