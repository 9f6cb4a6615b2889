package import Storage

/// Where a request stands in the journal: in which incarnation of its stream, and as which of its
/// requests.
package struct RequestPlace: Hashable, Sendable {
    package let key: StreamKey
    package let incarnation: UInt64
    package let sequence: UInt64

    package init(key: StreamKey, incarnation: UInt64, sequence: UInt64) {
        self.key = key
        self.incarnation = incarnation
        self.sequence = sequence
    }
}
