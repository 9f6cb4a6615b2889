/// What a message can be over. The names are labels of a counter.
package enum IntakeLimit: String, CaseIterable, Sendable {
    case connectionMessages = "connection_messages"
    case connectionBytes = "connection_bytes"
    case keyMessages = "key_messages"
    case keyBytes = "key_bytes"
    case streamMessages = "stream_messages"
    case streamBytes = "stream_bytes"
    /// Bytes of text in one message.
    case keyText = "key_text"
    case streamText = "stream_text"
    case keyStreams = "key_streams"
    /// Of all senders.
    case streams
    case keyProducers = "key_producers"
    case streamProducers = "stream_producers"
    /// An earlier message of its producer was refused for a time, and has not come again.
    case order
}
