/// The properties of a handshake: name, 1 byte of length before it; value, 4 bytes of length before
/// it, big-endian (rfc.zeromq.org, 37/ZMTP, "metadata").
struct ZMTPProperties {
    struct Property: Equatable {
        let name: [UInt8]
        let value: [UInt8]

        /// Names do not depend on case.
        func isNamed(_ other: String) -> Bool {
            String(decoding: name, as: UTF8.self).lowercased() == other.lowercased()
        }
    }

    private(set) var all: [Property] = []

    init() {}

    /// Nil if the bytes are malformed.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while let length = rest.popFirst() {
            guard length > 0, rest.count >= Int(length) + 4 else { return nil }
            let name = Array(rest.prefix(Int(length)))
            rest = rest.dropFirst(Int(length))
            let size = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard rest.count >= size else { return nil }
            all.append(Property(name: name, value: Array(rest.prefix(size))))
            rest = rest.dropFirst(size)
        }
    }

    mutating func add(_ property: Property) { all.append(property) }

    mutating func add(_ name: String, _ value: [UInt8]) {
        add(Property(name: Array(name.utf8), value: value))
    }

    var bytes: [UInt8] {
        all.flatMap { property in
            let size = (0..<4).map {
                UInt8(truncatingIfNeeded: property.value.count >> (24 - 8 * $0))
            }
            return [UInt8(property.name.count)] + property.name + size + property.value
        }
    }
}
