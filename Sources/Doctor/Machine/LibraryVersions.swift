import Curve
import Journal
import ZeroMQ

/// The libraries that this process has loaded.
struct LibraryVersions: Equatable, Sendable {
    var zeroMQ: String
    var hasCurve: Bool
    var sodium: String
    var sqlite: String?

    /// Before it, a peer without a key could make libzmq's memory grow (CVE-2020-15166).
    private static let leastZeroMQ = [4, 3, 3]

    init(zeroMQ: String, hasCurve: Bool, sodium: String, sqlite: String?) {
        (self.zeroMQ, self.hasCurve) = (zeroMQ, hasCurve)
        (self.sodium, self.sqlite) = (sodium, sqlite)
    }

    static var loaded: LibraryVersions {
        LibraryVersions(
            zeroMQ: ZeroMQLibrary.version, hasCurve: ZeroMQLibrary.hasCurve,
            sodium: SodiumLibrary.version, sqlite: SQLiteLibrary.version)
    }

    /// - Parameter connectsEncrypted: an input or output has a `server_key`.
    func finding(connectsEncrypted: Bool) -> DoctorFinding {
        let found = "libzmq \(zeroMQ), libsodium \(sodium), SQLite \(sqlite ?? "unknown")"
        let numbers = zeroMQ.split(separator: ".").compactMap { Int($0) }
        if numbers.lexicographicallyPrecedes(Self.leastZeroMQ) {
            return .warning(
                .libraries, "\(found): libzmq is older than 4.3.3",
                "install a later libzmq: this one has known holes")
        }
        if connectsEncrypted, !hasCurve {
            return .error(
                .libraries,
                "\(found): libzmq is built without CURVE, and a server_key is configured",
                "install a libzmq with CURVE, as Debian's libzmq5 is")
        }
        guard sqlite != nil else {
            return .error(.libraries, "\(found): SQLite does not answer", "install it again")
        }
        return .ok(.libraries, found)
    }
}
