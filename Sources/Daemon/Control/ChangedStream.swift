/// What was done to a stream: the result of `reset`, `end` and `flush`.
package struct ChangedStream: Codable, Equatable, Sendable {
    package var stream: String
}
