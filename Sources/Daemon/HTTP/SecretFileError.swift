/// Why a file with a secret is not used. It never contains the secret.
package struct SecretFileError: Error, Equatable, CustomStringConvertible {
    package let path: String
    package let problem: String

    package var description: String { "\(path) \(problem)" }
}
