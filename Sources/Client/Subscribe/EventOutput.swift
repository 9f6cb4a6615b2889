package import Files

/// How a subscriber shows what it receives.
package protocol EventOutput {
    mutating func write(_ message: EventMessage) throws(OutputError)

    /// A notice about the connection, or about missing events.
    mutating func note(_ text: String) throws(OutputError)

    /// Called when no more events are there at the moment.
    mutating func settle() throws(OutputError)

    mutating func finish() throws(OutputError)
}
