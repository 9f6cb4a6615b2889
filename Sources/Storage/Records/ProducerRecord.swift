package import Names

/// The last acknowledged number of one producer in one stream, in all of its incarnations.
package struct ProducerRecord: Equatable, Sendable {
    package var producer: Name
    package var sequence: UInt64
    /// When its latest request was accepted, in seconds since 1970.
    package var time: Double
    /// It announced that it sends no more.
    package var isDone: Bool

    package init(producer: Name, sequence: UInt64, time: Double, isDone: Bool = false) {
        self.producer = producer
        self.sequence = sequence
        self.time = time
        self.isDone = isDone
    }
}
