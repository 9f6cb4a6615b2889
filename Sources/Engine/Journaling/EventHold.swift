/// Events of a shard that may be published once this batch of it is on disk.
package struct EventHold: Sendable {
    let shard: Int
    let batch: UInt64
}
