package import Names
package import Wire

/// One request that was accepted. It is all that replay needs to do the same again.
package struct RequestRecord: Equatable, Sendable {
    package var key: StreamKey
    /// Counts the requests of this incarnation, from 0.
    package var sequence: UInt64
    /// When it was accepted, in seconds since 1970.
    package var time: Double
    package var operation: Request.Operation
    package var more: Bool
    /// The text; for `put` the snapshot.
    package var text: [UInt8]
    package var producer: Name
    package var producerSequence: UInt64?
    /// The producer's own time, in seconds since 1970.
    package var producerTime: Double?
    package var endpoint: String?
    /// Whether `producerSequence` has been acknowledged: a resend of it is a duplicate.
    package var isAcknowledged: Bool
    /// It is the last that its producer sends.
    package var isLast = false
    /// The fingerprint of the model that reads it, 32 bytes.
    package var model: [UInt8]

    package init(
        key: StreamKey, sequence: UInt64, time: Double, operation: Request.Operation,
        more: Bool = false, text: [UInt8] = [], producer: Name = "",
        producerSequence: UInt64? = nil, producerTime: Double? = nil, endpoint: String? = nil,
        isAcknowledged: Bool = false, model: [UInt8]
    ) {
        self.key = key
        self.sequence = sequence
        self.time = time
        self.operation = operation
        self.more = more
        self.text = text
        self.producer = producer
        self.producerSequence = producerSequence
        self.producerTime = producerTime
        self.endpoint = endpoint
        self.isAcknowledged = isAcknowledged
        self.model = model
    }
}
