package import Curve
package import Wire

/// A client's key on the list: whose it is, and what it allows.
package struct AccessKey: Equatable, Sendable {
    package var name: String
    package var publicKey: CurvePublicKey
    package var rights: [AccessRight]
    /// Beginnings of the names of the streams that it is for; nil for all streams.
    package var prefixes: [String]?
    /// Its limits, where they differ from those of other keys.
    package var limits: KeyLimitChanges

    package init(
        name: String, publicKey: CurvePublicKey, rights: [AccessRight], prefixes: [String]? = nil,
        limits: KeyLimitChanges = KeyLimitChanges()
    ) {
        self.limits = limits
        self.name = name
        self.publicKey = publicKey
        self.rights = rights
        self.prefixes = prefixes
    }

    package func has(_ right: AccessRight) -> Bool { rights.contains(right) }

    /// Whether it is for a stream; compared by bytes.
    package func allows(_ stream: StreamID) -> Bool { allows(stream.utf8) }

    func allows(_ stream: [UInt8]) -> Bool {
        prefixes?.contains { stream.starts(with: $0.utf8) } ?? true
    }

    /// Beginnings of the topics of its streams; nil for all topics.
    var topics: [[UInt8]]? {
        prefixes.map { prefixes in
            EventKind.allCases.flatMap { kind in prefixes.map { kind.topicPrefix + Array($0.utf8) }
            }
        }
    }
}
