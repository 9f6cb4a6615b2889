import Curve
import Daemon
import Files
import HTTP
import StrictTOML
import ZeroMQ

/// The files of keys and secrets, as the daemon's user will find them.
struct KeyExamination {
    let configuration: Configuration
    let environment: [String: String]
    let account: DaemonAccount

    var findings: [DoctorFinding] {
        let server = serverKey()
        return (server.map { [$0.finding] } ?? []) + keys(server?.key) + peerKeys(server?.key)
            + (token().map { [$0] } ?? []) + exposure
    }

    // MARK: The server's key

    private func serverKey() -> (finding: DoctorFinding, key: CurvePublicKey?)? {
        let path: String
        do throws(CurveKeyError) {
            guard let found = try configuration.access.serverKeyPath(environment) else {
                return nil
            }
            path = found
        } catch {
            // Only systemd gives it to the service.
            return (.unknown(.serverKey, "\(error)", "run it in the unit's environment"), nil)
        }
        if let problem = problem(
            .serverKey, path, missing: "make it with `sluice keygen`",
            { $0.secretProblem(user: $1) })
        {
            return (problem, nil)
        }
        do throws(CurveKeyError) {
            let certificate = try CurveCertificate(publicFile: path)
            guard certificate.pair != nil else {
                return (
                    .error(
                        .serverKey, "\(path) has no secret key",
                        "name the file that ends in \(CurveCertificate.secretSuffix)"), nil
                )
            }
            let key = certificate.publicKey
            return (
                .ok(.serverKey, "\(path): clients need the public key \(key.text)"), key
            )
        } catch {
            return (.error(.serverKey, "\(error)", "make it anew with `sluice keygen`"), nil)
        }
    }

    /// What is wrong with a file before it is read; nil if it can be.
    private func problem(
        _ check: DoctorCheck, _ path: String, missing remedy: String,
        _ rule: (FileAccess, UInt32) -> (found: String, remedy: String)?
    ) -> DoctorFinding? {
        switch FileAccess.look(at: path) {
        case .missing: return .error(check, "there is no file \(path)", remedy)
        case .hidden: return .unknown(check, "this user cannot see \(path)")
        case .seen(let access):
            if let problem = rule(access, account.user) {
                return .error(check, problem.found, problem.remedy)
            }
            return account.isSeen ? nil : .unknown(check, "this user cannot read \(path)")
        }
    }

    // MARK: The clients' keys

    private func keys(_ serverKey: CurvePublicKey?) -> [DoctorFinding] {
        guard let path = configuration.access.keys else { return [] }
        if let problem = problem(
            .keys, path, missing: "make it with `sluice key add`", { $0.listProblem(user: $1) })
        {
            return [problem]
        }
        do throws(ConfigurationError) {
            let list = try AccessList(
                document: try TOMLDocument.text(ofFile: path), source: path)
            return judge(list, path, serverKey)
        } catch {
            return error.lines.map { .error(.keys, $0, "correct it; `sluice key list` reads it") }
        }
    }

    private func judge(
        _ list: AccessList, _ path: String, _ serverKey: CurvePublicKey?
    ) -> [DoctorFinding] {
        guard !list.keys.isEmpty else {
            return [
                .warning(
                    .keys, "\(path) has no keys: no client can connect by tcp",
                    "add them with `sluice key add`")
            ]
        }
        var findings: [DoctorFinding] = []
        if let key = list.keys.first(where: { $0.publicKey == serverKey }) {
            findings.append(
                .warning(
                    .keys, "\(path): the key of '\(key.name)' is the server's own",
                    "make a pair for that client with `sluice keygen`, and replace it"))
        }
        let operates = list.keys.contains { $0.has(.admin) || $0.has(.control) }
        if !operates, configuration.control.bind?.contains(where: \.isTCP) == true {
            findings.append(
                .warning(
                    .keys,
                    "\(path): no key has the right to control or admin, so that nobody can use "
                        + "the control socket by tcp",
                    "give a key that right, or remove that endpoint"))
        }
        let counts = AccessRight.allCases.map { right in
            "\(list.keys.count { $0.has(right) }) \(right.rawValue)"
        }
        return findings + [
            .ok(.keys, "\(path): \(list.keys.count) keys (\(counts.joined(separator: ", ")))")
        ]
    }

    // MARK: Servers where the daemon connects

    private func peerKeys(_ own: CurvePublicKey?) -> [DoctorFinding] {
        let places =
            configuration.inputs.enumerated().map { ("input[\($0)].server_key", $1.serverKey) }
            + configuration.outputs.enumerated().map { ("output[\($0)].server_key", $1.serverKey) }
        return places.compactMap { key, text in
            guard let text else { return nil }
            do throws(CurveKeyError) {
                let found = try CurvePublicKey(textOrFile: text)
                guard found != own else {
                    return .error(
                        .peerKey, "\(key) is the daemon's own key",
                        "name the public key of the server that it connects to")
                }
                return .ok(.peerKey, "\(key): \(found.text)")
            } catch {
                return .error(.peerKey, "\(key): \(error)", "get the server's public key")
            }
        }
    }

    // MARK: HTTP

    private func token() -> DoctorFinding? {
        guard let path = configuration.http.tokenFile else { return nil }
        if let problem = problem(
            .httpToken, path,
            missing: "make it: `head -c 32 /dev/urandom | base64 > \(path)`, chmod 600",
            { $0.secretProblem(user: $1) })
        {
            return problem
        }
        let bytes = try? SmallDocument.contents(of: path, limit: 4096)
        let lines = String(decoding: bytes ?? [], as: UTF8.self).split(separator: "\n")
        guard lines.count == 1, BearerToken(String(lines[0])) != nil else {
            return .error(
                .httpToken, "\(path) has no token",
                "write one line of 16 to 1024 printable characters without spaces")
        }
        return .ok(.httpToken, "\(path) has a token")
    }

    // MARK: Exposure

    private var exposure: [DoctorFinding] {
        var findings: [DoctorFinding] = []
        let isOpen = configuration.access.serverKey == nil
        let bound =
            configuration.inputs.flatMap(\.bind) + configuration.outputs.flatMap(\.bind)
            + (configuration.control.bind ?? [])
        let open = bound.filter { !$0.isOfThisMachine }
        if isOpen, !open.isEmpty {
            findings.append(
                .warning(
                    .exposure,
                    "everybody who reaches \(Self.list(open)) can use it, since "
                        + "access.allow_insecure is set",
                    "set access.server_key and access.keys (deploy/docs/security.md)"))
        }
        let connected =
            configuration.inputs.filter { $0.serverKey == nil }.flatMap(\.connect)
            + configuration.outputs.filter { $0.serverKey == nil }.flatMap(\.connect)
        let unknown = connected.filter { !$0.isOfThisMachine }
        if !unknown.isEmpty {
            findings.append(
                .warning(
                    .exposure,
                    "nothing checks who answers at \(Self.list(unknown)), since "
                        + "access.allow_insecure is set",
                    "set server_key there, the public key of that server"))
        }
        let web = (configuration.http.bind ?? []).filter { !$0.isOfThisMachine }
        if !web.isEmpty {
            findings.append(
                .warning(
                    .exposure, "\(Self.list(web)) is HTTP without encryption, and so is its token",
                    "put a proxy with TLS before it"))
        }
        return findings.isEmpty
            ? [
                .ok(
                    .exposure,
                    isOpen
                        ? "no endpoint can be reached from other machines"
                        : "every tcp endpoint is encrypted")
            ] : findings
    }

    private static func list(_ endpoints: [Endpoint]) -> String {
        endpoints.map(\.text).joined(separator: ", ")
    }
}
