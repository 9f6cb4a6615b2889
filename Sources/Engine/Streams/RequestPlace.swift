package import Storage

/// Where a request stands in the journal: in which incarnation of its stream, and as which of its
/// requests.
package struct RequestPlace: Hashable, Sendable {
    package let key: StreamKey
    package let life: UInt64
    package let sequence: UInt64

    package init(key: StreamKey, life: UInt64, sequence: UInt64) {
        self.key = key
        self.life = life
        self.sequence = sequence
    }
}
