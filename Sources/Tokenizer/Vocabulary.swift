/// The tokens of a tokenizer, by id: `0..<count`.
package struct Vocabulary: Equatable, Sendable {
    private let storage: [UInt8]
    private let ends: [Int32]

    /// Keeps `tokens`, token `i` being the bytes of id `i`.
    init(_ tokens: [[UInt8]]) {
        storage = Array(tokens.joined())
        var end: Int32 = 0
        ends = tokens.map { token in
            end += Int32(token.count)
            return end
        }
    }

    package var count: Int { ends.count }

    /// The bytes that a token stands for; not always whole characters.
    package func bytes(of id: Int32) -> ArraySlice<UInt8> {
        storage[start(of: id)..<Int(ends[Int(id)])]
    }

    /// How many bytes a token stands for.
    package func byteCount(of id: Int32) -> Int {
        Int(ends[Int(id)]) - start(of: id)
    }

    /// The token as text, U+FFFD standing for what is not a whole character.
    package func text(of id: Int32) -> String {
        String(decoding: bytes(of: id), as: UTF8.self)
    }

    /// The first token with these bytes. Looks through all of them.
    package func id(of bytes: some Collection<UInt8>) -> Int32? {
        (0..<Int32(count)).first { self.bytes(of: $0).elementsEqual(bytes) }
    }

    private func start(of id: Int32) -> Int {
        id == 0 ? 0 : Int(ends[Int(id) - 1])
    }
}
