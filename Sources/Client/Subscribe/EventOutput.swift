/// How a subscriber shows what it receives.
package protocol EventOutput {
    mutating func write(_ message: EventMessage) throws(ClientError)

    /// About the connection, or about events that are missing.
    mutating func note(_ text: String) throws(ClientError)

    /// No more events are there at the moment.
    mutating func settle() throws(ClientError)

    mutating func finish() throws(ClientError)
}
