import Files
import Glibc

/// A key, or a key pair, in the files that CZMQ and pyzmq read: ZPL (rfc.zeromq.org, 4/ZPL).
///
///     metadata
///         name = "alice"
///     curve
///         public-key = "…"
///         secret-key = "…"
///
/// `NAME.key` has the public key alone, `NAME.key_secret` both.
package struct CurveCertificate: Sendable {
    package let publicKey: CurvePublicKey
    /// Nil in a public certificate.
    package let pair: CurveKeyPair?

    package static let publicSuffix = ".key"
    package static let secretSuffix = ".key_secret"
    private static let byteLimit = 1 << 16

    /// Reads a certificate's public key.
    ///
    /// - Throws: `CurveKeyError`.
    package init(publicFile path: String) throws(CurveKeyError) {
        try self.init(Self.text(path), path)
    }

    /// Reads a key pair from a file that nobody else can read: it is the user's own with a mode of
    /// 0600 at most, or root's with 0640 at most, as systemd's credentials are.
    ///
    /// - Throws: `CurveKeyError`.
    package init(secretFile path: String) throws(CurveKeyError) {
        try self.init(Self.privateText(path), path)
        guard pair != nil else {
            throw CurveKeyError(
                path: path,
                problem: "has no secret key; expected a file that ends in "
                    + Self.secretSuffix)
        }
    }

    private init(_ text: String, _ path: String) throws(CurveKeyError) {
        func value(_ key: String) -> String? { Self.value(of: key, in: text) }
        guard let publicText = value("public-key"),
            let publicKey = CurvePublicKey(text: publicText)
        else {
            throw CurveKeyError(
                path: path,
                problem: "has no public key; expected a certificate as `sluice keygen` makes it")
        }
        self.publicKey = publicKey
        guard let secretText = value("secret-key") else {
            pair = nil
            return
        }
        guard let secretKey = Z85.decode(secretText).flatMap({ CurveSecretKey(bytes: $0) }),
            let pair = CurveKeyPair(publicKey: publicKey, secretKey: secretKey)
        else {
            throw CurveKeyError(
                path: path, problem: "has a secret key that does not belong to its public key")
        }
        self.pair = pair
    }

    /// The value of `key = "value"` in the section `curve`.
    private static func value(of key: String, in text: String) -> String? {
        var isInside = false
        for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("#") {
            if let first = line.first, !first.isWhitespace {
                isInside = line.trimmed == "curve"
            } else if isInside {
                let parts = line.split(separator: "=", maxSplits: 1)
                guard parts.count == 2, parts[0].trimmed == key else { continue }
                return String(parts[1].trimmed.trimming { $0 == "\"" || $0 == "'" })
            }
        }
        return nil
    }

    private static func text(_ path: String) throws(CurveKeyError) -> String {
        do throws(InputFileError) {
            let bytes = try SmallDocument.contents(of: path, limit: byteLimit)
            return String(decoding: bytes, as: UTF8.self)
        } catch {
            throw CurveKeyError(path: path, problem: "cannot be read: \(error.reason)")
        }
    }

    /// What is checked and what is read is one open file.
    private static func privateText(_ path: String) throws(CurveKeyError) -> String {
        let status: stat
        var bytes: [UInt8] = []
        do throws(Errno) {
            let file = try FileDescriptor(path, O_RDONLY | O_NOCTTY)
            status = try file.status()
            while bytes.count <= byteLimit,
                let piece = try file.read(upTo: byteLimit), !piece.isEmpty
            { bytes += piece }
        } catch {
            throw CurveKeyError(path: path, problem: "cannot be read: \(error)")
        }
        try checkPrivacy(status, of: path)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func checkPrivacy(_ status: stat, of path: String) throws(CurveKeyError) {
        guard [0, geteuid()].contains(status.st_uid) else {
            throw CurveKeyError(
                path: path,
                problem: "belongs to user \(status.st_uid); expected user \(geteuid()) or root: "
                    + "chown \(geteuid()) \(path)")
        }
        // Root's files may be read by a group, as PostgreSQL has it.
        let excess = status.st_mode & (status.st_uid == 0 && geteuid() != 0 ? 0o037 : 0o077)
        guard excess == 0 || isRootCredential(status) else {
            throw CurveKeyError(
                path: path,
                problem:
                    "has the mode 0\(String(status.st_mode & 0o777, radix: 8)), so that others "
                    + "may use the secret key; expected 0600: chmod 600 \(path)")
        }
    }

    /// A read-only file of root's, as in systemd's $CREDENTIALS_DIRECTORY.
    private static func isRootCredential(_ status: stat) -> Bool {
        status.st_uid == 0 && status.st_mode & 0o777 == 0o440
    }

    // MARK: Writing

    /// Writes `NAME.key` and `NAME.key_secret`, which must not exist; the secret one first, with
    /// mode 0600.
    ///
    /// - Returns: the paths.
    package static func write(
        _ pair: CurveKeyPair, named name: String, in folder: String
    ) throws(CurveKeyError) -> (publicFile: String, secretFile: String) {
        let place = (folder.hasSuffix("/") ? folder : folder + "/") + name
        let files = (publicFile: place + publicSuffix, secretFile: place + secretSuffix)
        for file in [files.secretFile, files.publicFile] where unsafe access(file, F_OK) == 0 {
            throw CurveKeyError(
                path: file, problem: "exists and is left unchanged; choose another name or folder")
        }
        let secret = pair.secretKey.withBytes { Z85.encode($0) }
        try create(files.secretFile, 0o600, document(name, pair.publicKey, secret: secret))
        try create(files.publicFile, 0o644, document(name, pair.publicKey, secret: nil))
        return files
    }

    private static func document(
        _ name: String, _ publicKey: CurvePublicKey, secret: String?
    ) -> String {
        let warning =
            secret == nil
            ? "Public key: may be given to anyone."
            : "Secret key: keep this file, and its copies, readable by its owner alone."
        return """
            #   ZeroMQ CURVE certificate, made by `sluice keygen`.
            #   \(warning)

            metadata
                name = "\(name)"
            curve
                public-key = "\(publicKey.text)"
            \(secret.map { "    secret-key = \"\($0)\"\n" } ?? "")
            """
    }

    private static func create(
        _ path: String, _ mode: mode_t, _ text: String
    ) throws(CurveKeyError) {
        do throws(Errno) {
            let file = try FileDescriptor(path, O_WRONLY | O_CREAT | O_EXCL, permissions: mode)
            try file.write(Array(text.utf8))
            try file.synchronize()
        } catch {
            throw CurveKeyError(path: path, problem: "cannot be created: \(error)")
        }
    }
}

extension CurvePublicKey {
    /// A public key, or that of a certificate's file.
    ///
    /// - Throws: `CurveKeyError`.
    package init(textOrFile text: String) throws(CurveKeyError) {
        guard let key = CurvePublicKey(text: text) else {
            self = try CurveCertificate(publicFile: text).publicKey
            return
        }
        self = key
    }
}

/// Why a key's file cannot be used: what was found, what was expected, and what to do.
package struct CurveKeyError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let problem: String

    package init(path: String, problem: String) {
        self.path = path
        self.problem = problem
    }

    package var description: String { "\(path) \(problem)" }
}

extension StringProtocol {
    fileprivate var trimmed: Self.SubSequence { trimming { $0 == " " || $0 == "\t" || $0 == "\r" } }

    fileprivate func trimming(_ isOmitted: (Character) -> Bool) -> Self.SubSequence {
        var rest = self[...]
        while let first = rest.first, isOmitted(first) { rest = rest.dropFirst() }
        while let last = rest.last, isOmitted(last) { rest = rest.dropLast() }
        return rest
    }
}
