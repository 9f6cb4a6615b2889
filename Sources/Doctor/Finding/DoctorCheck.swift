/// What is looked at. The names are those of `sluice doctor --json`, and never change their meaning.
package enum DoctorCheck: String, CaseIterable, Codable, Sendable {
    /// The configuration file, the environment and the flags.
    case configuration
    case model
    case kernels
    case memory
    /// The control socket of a daemon that runs.
    case control
    /// An endpoint that is to be bound.
    case endpoint
    /// The folder and the file of an ipc endpoint.
    case socketFile = "socket_file"
    case serverKey = "server_key"
    /// The list of the clients' keys.
    case keys
    /// The public key of a server where the daemon connects.
    case peerKey = "peer_key"
    case httpToken = "http_token"
    /// Whether endpoints without encryption can be reached by others.
    case exposure
    /// Owner and mode of the store's folder and files.
    case permissions
    case store
    case retention
    case fileSystem = "file_system"
    case space
    case fsync
    case openFiles = "open_files"
    case threads
    case clock
    case libraries
    case service
}
