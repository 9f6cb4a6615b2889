import Glibc
package import ZeroMQ

extension Endpoint {
    /// Why nobody answers there, as far as it can be seen from here.
    package var silence: String {
        guard isDenied, case .ipc(let path) = address else { return "nobody answers there" }
        return "permission denied: this user may not connect to that socket" + Self.owner(of: path)
            + "; run it as a user who may, or let this one in (the rights of the socket and its folder)"
    }

    private static func owner(of path: String) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return "" }
        guard let entry = unsafe getpwuid(status.st_uid) else { return " of user \(status.st_uid)" }
        return " of the user '\(unsafe String(cString: entry.pointee.pw_name))'"
    }

    /// With what to do about it, unless that is said already.
    func silence(orElse advice: String) -> String { isDenied ? silence : silence + advice }
}
