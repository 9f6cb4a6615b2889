package import Files

/// Why no connections can be accepted there.
package struct HTTPAddressError: Error, CustomStringConvertible {
    package let place: String
    package let reason: String
    /// The address is in use by another socket.
    package let isTaken: Bool

    init(_ place: String, _ reason: String) {
        (self.place, self.reason, isTaken) = (place, reason, false)
    }

    package init(_ place: String, _ errno: Errno) {
        (self.place, reason, isTaken) = (place, "\(errno)", errno.isAddressInUse)
    }

    package var description: String { "cannot serve HTTP at \(place): \(reason)" }
}
