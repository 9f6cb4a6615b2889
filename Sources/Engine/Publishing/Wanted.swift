package import Wire

/// Which kinds of event which outputs want of one stream.
package struct Wanted: Hashable, Sendable {
    private var bits: UInt64 = 0

    package init() {}

    package mutating func insert(_ kind: EventKind, output: Int) {
        bits |= Self.bit(kind, output)
    }

    package func contains(_ kind: EventKind, output: Int) -> Bool {
        bits & Self.bit(kind, output) != 0
    }

    private static func bit(_ kind: EventKind, _ output: Int) -> UInt64 {
        let position: UInt64 =
            switch kind {
            case .next: 0
            case .sentiment: 1
            case .stream: 2
            case .error: 3
            }
        return 1 << (UInt64(output) * 4 + position)
    }
}
