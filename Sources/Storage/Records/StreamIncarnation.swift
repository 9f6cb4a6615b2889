package import Wire

/// A store's number of one incarnation of a stream.
package typealias StreamKey = Int64

/// A stream from its first message to its `end`. A name that comes again begins the next one.
package struct StreamIncarnation: Equatable, Sendable {
    package let key: StreamKey
    package let name: StreamID
    /// How many incarnations of this name there were before.
    package let number: UInt64
    /// Seconds since 1970.
    package let began: Double

    package init(key: StreamKey, name: StreamID, number: UInt64, began: Double) {
        self.key = key
        self.name = name
        self.number = number
        self.began = began
    }
}
