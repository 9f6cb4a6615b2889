/// Where text to publish comes from.
package protocol TextInput {
    /// What to wait on after `pending`; nil if reading never has to wait.
    var descriptor: Descriptor? { get }

    /// Bytes in all, where that is known.
    var totalByteCount: Int? { get }

    mutating func read() throws(ClientError) -> InputChunk
}

package enum InputChunk: Equatable, Sendable {
    case bytes([UInt8])
    /// The end of one text; another may follow.
    case endOfText
    /// Nothing at the moment: wait for `descriptor`, then read again.
    case pending
    /// Something that the user should know, such as that the file was replaced.
    case notice(String)
    case end
}
