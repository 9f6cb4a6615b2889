import Storage

/// The position of a request in the journal: in which incarnation of its stream, and as which of its
/// requests.
struct RequestPlace: Hashable, Sendable {
    let key: StreamKey
    let incarnation: UInt64
    let sequence: UInt64
}
