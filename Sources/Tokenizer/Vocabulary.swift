/// The tokens of a tokenizer, by id: `0..<count`.
package struct Vocabulary: Equatable, Sendable {
    private let storage: [UInt8]
    private let ends: [Int32]

    /// - Parameter tokens: the bytes of each token, by id.
    init(_ tokens: [[UInt8]]) {
        storage = Array(tokens.joined())
        var end: Int32 = 0
        ends = tokens.map { token in
            end += Int32(token.count)
            return end
        }
    }

    package var count: Int { ends.count }

    /// The bytes of a token, which need not be whole characters.
    package func bytes(of id: Int32) -> ArraySlice<UInt8> {
        storage[start(of: id)..<Int(ends[Int(id)])]
    }

    /// The number of bytes of a token.
    package func byteCount(of id: Int32) -> Int {
        Int(ends[Int(id)]) - start(of: id)
    }

    /// The token as text. U+FFFD replaces incomplete characters.
    package func text(of id: Int32) -> String {
        String(decoding: bytes(of: id), as: UTF8.self)
    }

    private func start(of id: Int32) -> Int {
        id == 0 ? 0 : Int(ends[Int(id) - 1])
    }
}
