package import ZeroMQ

/// Why a client command could not go on.
package enum ClientError: Error, Equatable {
    /// A file to publish is not there or may not be read.
    case inputMissing(path: String, reason: String)
    case readFailed(path: String, reason: String)
    case writeFailed(reason: String)
    /// Nobody answered, or whoever did is not what we need.
    case unavailable(Endpoint, String)
}

extension ClientError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .inputMissing(let path, let reason): "cannot open \(path): \(reason)"
        case .readFailed(let path, let reason): "cannot read \(path): \(reason)"
        case .writeFailed(let reason): "cannot write the output: \(reason)"
        case .unavailable(let endpoint, let reason): "\(endpoint): \(reason)"
        }
    }
}
