import Glibc
package import ZeroMQ

extension Endpoint {
    /// Why there is no answer, as far as a client can tell.
    package var silence: String {
        guard isDenied, case .ipc(let path) = address else { return "no answer" }
        return "permission denied: this user may not connect to that socket" + Self.owner(of: path)
            + "; run the command as that user, or change the permissions of the socket and its folder"
    }

    private static func owner(of path: String) -> String {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return "" }
        guard let entry = unsafe getpwuid(status.st_uid) else { return " of user \(status.st_uid)" }
        return " of the user '\(unsafe String(cString: entry.pointee.pw_name))'"
    }

    /// With advice, unless the reason has its own.
    func silence(orElse advice: String) -> String { isDenied ? silence : silence + advice }
}
