/// A request's place in the order of all requests, from 1.
package struct StoragePosition: Hashable, Comparable, Sendable {
    package let number: Int64

    package init(_ number: Int64) { self.number = number }

    package static let start = StoragePosition(1)

    package var next: StoragePosition { StoragePosition(number + 1) }

    package static func < (a: StoragePosition, b: StoragePosition) -> Bool {
        a.number < b.number
    }
}
