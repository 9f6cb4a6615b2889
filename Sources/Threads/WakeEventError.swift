package import Files

/// An eventfd could not be created.
package struct WakeEventError: Error, Equatable, CustomStringConvertible {
    package let reason: Errno

    package var description: String {
        "cannot create an eventfd: \(reason). The limit of open files (ulimit -n) may be too low"
    }
}
