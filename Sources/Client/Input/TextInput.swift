/// A source of text to publish.
package protocol TextInput {
    /// The descriptor to wait for after `pending`; nil if reading never waits.
    var descriptor: Descriptor? { get }

    /// The total number of bytes; nil if unknown.
    var totalByteCount: Int? { get }

    mutating func read() throws(ClientError) -> InputChunk
}

package enum InputChunk: Equatable, Sendable {
    case bytes([UInt8])
    /// The end of one text; another may follow.
    case endOfText
    /// Nothing at the moment: wait for `descriptor`, then read again.
    case pending
    /// A notice for the user, such as a replaced file.
    case notice(String)
    case end
}
