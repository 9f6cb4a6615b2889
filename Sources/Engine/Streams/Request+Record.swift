package import Storage
package import Wire

extension Request {
    /// A refusal as the journal has it: it changes what a stream's later errors are numbered by. The
    /// text is the code, a line end and the reason.
    init(_ refusal: Refusal, of stream: StreamID) {
        self.init(
            stream: stream, operation: .refusal,
            text: Array("\(refusal.code.rawValue)\n\(refusal.message)".utf8),
            endpoint: refusal.endpoint)
    }

    /// As it was accepted, but for where its answer went.
    package init(_ record: RequestRecord, of stream: StreamID) {
        self.init(
            stream: stream, operation: record.operation, text: record.text, more: record.more,
            producerSequence: record.producerSequence, time: record.producerTime,
            endpoint: record.endpoint)
        producer = record.producer
    }
}
