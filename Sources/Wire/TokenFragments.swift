/// `"id":478,"text":" movie"` for every token of a vocabulary, made once.
///
/// A token that is not valid UTF-8 (a part of a longer sequence) is shown with U+FFFD, and its
/// bytes follow in hexadecimal: `"id":130,"text":"\u{FFFD}","bytes":"e2"`.
package struct TokenFragments: Sendable {
    private let bytes: [UInt8]
    private let ends: [Int]

    /// - Parameters:
    ///   - count: size of the vocabulary.
    ///   - token: the bytes of a token.
    package init(count: Int, token: (Int32) -> [UInt8]) {
        var bytes: [UInt8] = []
        var ends: [Int] = []
        for id in 0..<Int32(count) {
            Self.append(id, token(id), to: &bytes)
            ends.append(bytes.count)
        }
        self.bytes = bytes
        self.ends = ends
    }

    package func append(_ id: Int32, to output: inout [UInt8]) {
        let start = id == 0 ? 0 : ends[Int(id) - 1]
        output.append(contentsOf: bytes[start..<ends[Int(id)]])
    }

    private static func append(_ id: Int32, _ token: [UInt8], to bytes: inout [UInt8]) {
        bytes.appendJSON("\"id\":")
        bytes.appendJSON(UInt64(id))
        bytes.appendJSON(",\"text\":", string: String(decoding: token, as: UTF8.self))
        guard String(validating: token, as: UTF8.self) == nil else { return }
        bytes.appendJSON(",\"bytes\":\"")
        for byte in token { bytes.appendHexadecimal(byte) }
        bytes.appendJSON("\"")
    }
}
