/// Shows that its holder is the owner of a store. A later owner has a greater one.
package struct FenceToken: Hashable, Comparable, Sendable {
    package let epoch: UInt64

    package init(epoch: UInt64) { self.epoch = epoch }

    package static func < (a: FenceToken, b: FenceToken) -> Bool { a.epoch < b.epoch }
}
