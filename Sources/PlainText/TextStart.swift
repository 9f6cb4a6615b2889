/// What the first bytes of a file tell of it.
package enum TextStart: Equatable, Sendable {
    /// UTF-8, as far as is known; so many bytes are its byte-order mark, which is not text.
    case text(markLength: Int)
    case foreign(ForeignText)
    /// More bytes are needed.
    case undecided

    package static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// - Parameters:
    ///   - bytes: the file's first ones.
    ///   - isWhole: there are no others, or none that change it.
    ///   - refusesBinary: also what has zeros and is no UTF-8, whatever it may be.
    package init(of bytes: ArraySlice<UInt8>, isWhole: Bool, refusesBinary: Bool) {
        if !isWhole, Self.couldBegin(bytes) {
            self = .undecided
        } else if let found = Self.signature(of: bytes) ?? Self.tar(bytes) {
            self = .foreign(found)
        } else if let found = WideText.encoding(of: bytes) {
            self = .foreign(found)
        } else if refusesBinary, WideText.isBinary(bytes) {
            self = .foreign(.unknownBinary)
        } else {
            let mark = Self.byteOrderMark
            self = .text(markLength: bytes.starts(with: mark) ? mark.count : 0)
        }
    }

    /// Whether more bytes could make a byte-order mark or a longer signature of it.
    private static func couldBegin(_ bytes: ArraySlice<UInt8>) -> Bool {
        func isBeginning(of whole: [UInt8]) -> Bool {
            bytes.count < whole.count && whole.starts(with: bytes)
        }
        return isBeginning(of: byteOrderMark)
            || Signature.all.contains { isBeginning(of: $0.bytes) }
    }

    private static func signature(of bytes: ArraySlice<UInt8>) -> ForeignText? {
        Signature.all.filter { bytes.starts(with: $0.bytes) }
            .max { $0.bytes.count < $1.bytes.count }?.means
    }

    /// A tar archive begins with a name; its signature follows the name.
    private static func tar(_ bytes: ArraySlice<UInt8>) -> ForeignText? {
        bytes.dropFirst(257).starts(with: Array("ustar".utf8))
            ? .archive("a tar archive", with: "tar -xOf") : nil
    }
}

extension [UInt8] {
    /// Without the byte-order mark that it begins with, if it does.
    package var withoutByteOrderMark: [UInt8] {
        starts(with: TextStart.byteOrderMark)
            ? Array(dropFirst(TextStart.byteOrderMark.count)) : self
    }

    /// The text of a whole file.
    ///
    /// - Throws: `ForeignText` where it is no UTF-8 by the way it begins.
    package func textOfFile() throws(ForeignText) -> [UInt8] {
        switch TextStart(of: self[...], isWhole: true, refusesBinary: true) {
        case .foreign(let found): throw found
        case .text, .undecided: withoutByteOrderMark
        }
    }
}
