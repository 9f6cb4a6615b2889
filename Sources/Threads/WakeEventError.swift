import Glibc

/// An eventfd could not be created.
package struct WakeEventError: Error, Equatable, CustomStringConvertible {
    package let errno: Int32

    package var description: String {
        "cannot create an eventfd: \(unsafe String(cString: strerror(errno)))"
            + (errno == EMFILE ? ". Raise the limit of open files (ulimit -n)" : "")
    }
}
