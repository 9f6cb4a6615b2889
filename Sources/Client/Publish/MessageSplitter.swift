/// Cuts text into the messages to publish.
package struct MessageSplitter: Sendable {
    package enum Mode: Sendable {
        /// A text is one message, sent in pieces as it arrives.
        case wholeText
        /// Each line is a message, without its line end. Empty lines are skipped.
        case line
    }

    /// The content of one ZeroMQ message.
    package struct Piece: Equatable, Sendable {
        package let text: [UInt8]
        /// The message continues in the next piece.
        package let more: Bool
    }

    private let mode: Mode
    private let longestPiece: Int
    private var buffer: [UInt8] = []
    /// Whether a piece of the present message has been sent.
    private var isOpen = false

    package init(_ mode: Mode, longestPiece: Int) {
        self.mode = mode
        self.longestPiece = max(2, longestPiece)
    }

    package mutating func append(_ bytes: [UInt8], to pieces: inout [Piece]) {
        switch mode {
        case .wholeText: appendText(bytes[...], to: &pieces)
        case .line: appendLines(bytes, to: &pieces)
        }
    }

    /// The end of the text, and so of its last message.
    package mutating func finish(_ pieces: inout [Piece]) {
        switch mode {
        case .wholeText:
            if isOpen { pieces.append(Piece(text: [], more: false)) }
        case .line: endLine(&pieces)
        }
        isOpen = false
    }

    private mutating func appendText(_ bytes: ArraySlice<UInt8>, to pieces: inout [Piece]) {
        var rest = bytes
        while !rest.isEmpty {
            pieces.append(Piece(text: Array(rest.prefix(longestPiece)), more: true))
            rest = rest.dropFirst(longestPiece)
            isOpen = true
        }
    }

    private mutating func appendLines(_ bytes: [UInt8], to pieces: inout [Piece]) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            appendToLine(rest[..<end], &pieces)
            endLine(&pieces)
            rest = rest[(end + 1)...]
        }
        appendToLine(rest, &pieces)
    }

    /// A line longer than a piece is sent in several. Its last byte may be a CR to drop.
    private mutating func appendToLine(_ bytes: ArraySlice<UInt8>, _ pieces: inout [Piece]) {
        buffer += bytes
        while buffer.count > longestPiece {
            pieces.append(Piece(text: Array(buffer.prefix(longestPiece)), more: true))
            buffer.removeFirst(longestPiece)
            isOpen = true
        }
    }

    private mutating func endLine(_ pieces: inout [Piece]) {
        if buffer.last == UInt8(ascii: "\r") { buffer.removeLast() }
        if !buffer.isEmpty || isOpen { pieces.append(Piece(text: buffer, more: false)) }
        buffer = []
        isOpen = false
    }
}
