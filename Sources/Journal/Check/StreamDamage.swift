package import Storage
package import Wire

/// A row that is not as it was written, and the stream that it belongs to.
package struct StreamDamage: Sendable {
    /// Nil where no client can ask for it: the row that names it is damaged in its name, or the row is for
    /// information only.
    package let stream: StreamID?
    /// The incarnation it belongs to is over: the stream continues without it.
    package let isOver: Bool
    package let error: StorageError
}
