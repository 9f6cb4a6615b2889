import Digests
import Model
import Wire

/// What a snapshot was put or taken as: the result of `get` and `put`.
package struct MovedStream: Codable, Equatable, Sendable {
    package var stream: String
    package var model: String
    package var epoch: UInt64
    package var tokens: UInt64
    package var bytes: Int
    package var digest: String
}

extension MovedStream {
    package init(_ snapshot: StreamSnapshot, bytes: Int) {
        self.init(
            stream: snapshot.stream.text, model: snapshot.model.hex, epoch: snapshot.state.epoch,
            tokens: snapshot.state.incarnationTokens, bytes: bytes,
            digest: snapshot.stateDigest.hex)
    }
}
