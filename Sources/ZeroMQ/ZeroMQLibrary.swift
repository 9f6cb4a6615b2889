import CZeroMQ

/// The libzmq that this process has loaded.
package enum ZeroMQLibrary {
    /// Such as `4.3.4`.
    package static var version: String {
        var (major, minor, patch) = (Int32(0), Int32(0), Int32(0))
        unsafe zmq_version(&major, &minor, &patch)
        return "\(major).\(minor).\(patch)"
    }

    /// Whether it can encrypt connections that it begins.
    package static var hasCurve: Bool { unsafe zmq_has("curve") == 1 }
}
