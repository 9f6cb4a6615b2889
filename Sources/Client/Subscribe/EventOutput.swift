package import Files

/// How a subscriber shows what it receives.
package protocol EventOutput {
    mutating func write(_ message: EventMessage) throws(OutputError)

    /// About the connection, or about events that are missing.
    mutating func note(_ text: String) throws(OutputError)

    /// No more events are there at the moment.
    mutating func settle() throws(OutputError)

    mutating func finish() throws(OutputError)
}
