package import Curve
import Glibc
import StrictTOML

extension Configuration.Access {
    /// Reads the server's key and the list; nil without a server's key: then nothing is encrypted.
    ///
    /// - Parameters:
    ///   - limits: of keys without limits of their own.
    ///   - changed: called after each change of the list.
    /// - Throws: `CurveKeyError`, `ConfigurationError` of the list.
    func open(
        environment: [String: String], limits: KeyLimits, log: RefusalLog,
        changed: @escaping @Sendable () -> Void
    ) throws -> AccessControl? {
        guard let path = try serverKeyPath(environment) else { return nil }
        let certificate = try CurveCertificate(secretFile: path)
        guard let pair = certificate.pair else { return nil }
        return AccessControl(pair, try list(), limits: limits, log: log, changed: changed)
    }

    /// The list as the file has it now.
    ///
    /// - Throws: `ConfigurationError`.
    func list() throws(ConfigurationError) -> AccessList {
        guard let keys else { return AccessList() }
        return try AccessList(file: keys)
    }

    /// The file of the server's key. `credential:NAME` is one that systemd's LoadCredential= gives the
    /// service.
    ///
    /// - Throws: `CurveKeyError` outside of such a service.
    package func serverKeyPath(
        _ environment: [String: String]
    ) throws(CurveKeyError) -> String? {
        guard let text = serverKey, text.hasPrefix(Self.credential) else { return serverKey }
        guard let folder = environment["CREDENTIALS_DIRECTORY"] else {
            throw CurveKeyError(
                path: text,
                problem: "names a credential of systemd, but $CREDENTIALS_DIRECTORY is not set; "
                    + "expected LoadCredential= in the unit")
        }
        return folder + "/" + text.dropFirst(Self.credential.count)
    }

    /// The number of the group of ipc sockets; nil for the process's own.
    ///
    /// - Throws: `AccessError`.
    func groupNumber() throws(AccessError) -> UInt32? {
        guard let ipcGroup else { return nil }
        guard let entry = unsafe getgrnam(ipcGroup) else {
            throw AccessError("access.ipc_group: there is no group '\(ipcGroup)'")
        }
        return unsafe entry.pointee.gr_gid
    }
}

/// A group that the system does not know.
package struct AccessError: Error, Equatable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
