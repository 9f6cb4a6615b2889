/// Text that is compared, hashed and ordered by its bytes.
///
/// `String` compares by canonical equivalence: the composed and the decomposed spelling of `é` are one
/// key of a dictionary. As names of streams, producers and paths they are different.
package struct Name: Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package var utf8: String.UTF8View { text.utf8 }

    package var isEmpty: Bool { text.isEmpty }
}

extension Name: Hashable {
    package static func == (a: Name, b: Name) -> Bool { a.utf8.elementsEqual(b.utf8) }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        // Two names in a row must differ from one name with the bytes of both.
        hasher.combine(text.utf8.count)
    }
}

extension Name: Comparable {
    package static func < (a: Name, b: Name) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }
}

extension Name: LosslessStringConvertible {
    package var description: String { text }
}

extension Name: ExpressibleByStringInterpolation {
    package init(stringLiteral text: String) { self.init(text) }
}

/// As a string.
extension Name: Codable {
    package init(from decoder: any Decoder) throws {
        self.init(try decoder.singleValueContainer().decode(String.self))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
