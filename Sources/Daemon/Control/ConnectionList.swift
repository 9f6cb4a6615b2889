import Foundation
import ZeroMQ

/// The connections of the daemon's bound endpoints: the result of `connections`.
package struct ConnectionList: Codable, Equatable, Sendable {
    /// In the order in which they were accepted.
    package var connections: [ListedConnection]

    init(_ reports: [GateConnectionReport]) {
        let now = Date().timeIntervalSince1970
        connections = reports.sorted { $0.id < $1.id }.map { ListedConnection($0, now: now) }
    }
}

package struct ListedConnection: Codable, Equatable, Sendable {
    /// What `kick` takes.
    package var connection: UInt64
    package var endpoint: String
    package var peer: String
    /// The name of its key; nil where the endpoint is not encrypted.
    package var key: String?
    /// When it was accepted, in seconds since 1970.
    package var since: Double
    package var isHandshaking: Bool
    package var bytesIn: Int
    package var bytesOut: Int
    package var messages: Int
    /// Those of them that were refused because of a limit.
    package var refused: Int
    /// Bytes of messages that the daemon has not taken in yet.
    package var waiting: Int
    package var subscriptions: Int

    fileprivate init(_ report: GateConnectionReport, now: Double) {
        connection = report.id
        endpoint = report.endpoint.text
        peer = report.peer
        key = report.key
        since = now - report.age / .seconds(1)
        isHandshaking = report.isHandshaking
        bytesIn = report.bytesIn
        bytesOut = report.bytesOut
        messages = report.messages
        refused = report.refused
        waiting = report.waiting
        subscriptions = report.subscriptions
    }
}

/// The result of `kick`.
package struct KickedConnection: Codable, Equatable, Sendable {
    package var connection: UInt64
}

/// The result of `checkpoint`.
package struct CheckpointReport: Codable, Equatable, Sendable {
    /// How long it took.
    package var seconds: Double
}

/// The result of `drain` and `lame_duck`: what has begun.
package struct StopReport: Codable, Equatable, Sendable {
    /// How long closing the connections may take, in seconds; 0 for `drain`.
    package var closingSeconds: Double
    /// How long finishing what was accepted may take then, in seconds.
    package var timeout: Double
}
