import Files
import Glibc
package import ZeroMQ

/// Where the control socket is when the configuration names no endpoint: in a folder that only the
/// daemon's user may enter.
///
///     $RUNTIME_DIRECTORY/control         under systemd (`RuntimeDirectory=`)
///     $XDG_RUNTIME_DIR/sluice/control    where that folder is the user's own
///     /tmp/sluice-UID/control            elsewhere
package struct ControlPlace: Equatable, Sendable {
    package let folder: String
    /// The service manager creates the folder and decides who may enter it.
    package let isManaged: Bool

    package var endpoint: Endpoint {
        guard let endpoint = try? Endpoint("ipc://" + path) else { preconditionFailure(path) }
        return endpoint
    }

    /// The endpoint, if there is a socket.
    package var endpointOfSocket: Endpoint? { hasSocket ? endpoint : nil }

    private var path: String { folder + "/control" }
    /// sockaddr_un has room for 108 bytes, the last of them NUL: unix(7).
    private var fits: Bool { (try? Endpoint("ipc://" + path)) != nil }

    /// What documents and help texts say.
    package static let description =
        "ipc://$XDG_RUNTIME_DIR/sluice/control, or ipc:///tmp/sluice-UID/control where "
        + "that is not set"

    /// Where a daemon with this environment listens.
    package static func own(_ environment: [String: String]) -> ControlPlace {
        if let runtime = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first {
            let place = ControlPlace(folder: String(runtime), isManaged: true)
            if place.fits { return place }
        }
        if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/"), isOwn(runtime) {
            let place = ControlPlace(folder: runtime + "/sluice", isManaged: false)
            if place.fits { return place }
        }
        return shared
    }

    /// Where a client with this environment finds a daemon: of the user's own one; else of one that
    /// was started without that environment, or of the system's service, if there is a socket.
    package static func found(_ environment: [String: String]) -> ControlPlace {
        let own = own(environment)
        let service = ControlPlace(folder: "/run/sluice", isManaged: true)
        return [own, shared, service].first(where: \.hasSocket) ?? own
    }

    /// Makes the folder for the user alone.
    ///
    /// - Throws: `ControlPlaceError` if it cannot be created, or is another user's.
    package func prepare() throws(ControlPlaceError) {
        guard !isManaged else { return }
        guard unsafe mkdir(folder, 0o700) == 0 || errno == EEXIST else {
            throw failure("cannot be created: \(Errno.last)")
        }
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw failure("cannot be opened: \(Errno.last)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_uid == geteuid() else {
            throw failure(
                "belongs to user \(status.st_uid); expected a folder of user \(geteuid())")
        }
        guard status.st_mode & 0o777 == 0o700 || fchmod(descriptor, 0o700) == 0 else {
            throw failure("cannot be made private: \(Errno.last)")
        }
    }

    private func failure(_ problem: String) -> ControlPlaceError {
        ControlPlaceError(folder: folder, problem: problem)
    }

    private static var shared: ControlPlace {
        ControlPlace(folder: "/tmp/sluice-\(geteuid())", isManaged: false)
    }

    private static func isOwn(_ folder: String) -> Bool {
        var status = stat()
        return unsafe stat(folder, &status) == 0 && status.st_uid == geteuid()
            && status.st_mode & S_IFMT == S_IFDIR
    }

    private var hasSocket: Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }
}

/// Why the control socket's folder cannot be used.
package struct ControlPlaceError: Error, CustomStringConvertible {
    let folder: String
    let problem: String

    package var description: String {
        "the control socket's folder \(folder) \(problem). Name another endpoint "
            + "(control.bind, --control), or none (--no-control)"
    }
}
