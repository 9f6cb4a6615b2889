import CSodium

/// The libsodium that this process has loaded.
package enum SodiumLibrary {
    /// Such as `1.0.18`.
    package static var version: String { unsafe String(cString: sodium_version_string()) }
}
