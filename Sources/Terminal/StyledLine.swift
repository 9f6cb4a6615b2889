internal import PlainText

/// A line put together of differently styled pieces, cut where the screen ends.
package struct StyledLine: Sendable {
    private let width: Int
    private let look: Look
    package private(set) var columns = 0
    /// With its escape sequences.
    package private(set) var text = ""

    /// What a screen can show.
    package struct Look: Sendable {
        package var depth: ColorDepth
        /// Bold and reverse, which are no colours.
        package var hasAttributes: Bool

        package init(depth: ColorDepth, hasAttributes: Bool) {
            self.depth = depth
            self.hasAttributes = hasAttributes
        }
    }

    /// - Parameter width: columns that it may take.
    package init(width: Int, look: Look) {
        self.width = width
        self.look = look
    }

    package enum Style: Sendable {
        case plain
        case bold
        case reverse
        case tone(Tone)
        case shade(Shade)
    }

    package var columnsLeft: Int { max(0, width - columns) }

    /// Adds text, its control characters made visible, as far as there is room.
    package mutating func append(_ piece: String, _ style: Style = .plain) {
        let fitted = fit(piece.escapedForTerminal())
        guard !fitted.isEmpty else { return }
        switch style {
        case .plain: text += fitted
        case .bold: text += attributed(fitted, "1")
        case .reverse: text += attributed(fitted, "7")
        case .tone(let tone): text += tone.applied(to: fitted, depth: look.depth)
        case .shade(let shade): text += shade.applied(to: fitted, depth: look.depth)
        }
    }

    /// Spaces up to a column, and at least one where there is text before it.
    package mutating func pad(to column: Int) {
        let count = max(columns == 0 ? 0 : 1, column - columns)
        append(String(repeating: " ", count: count))
    }

    private func attributed(_ text: String, _ code: String) -> String {
        !look.hasAttributes ? text : "\u{1B}[\(code)m\(text)\u{1B}[0m"
    }

    private mutating func fit(_ piece: String) -> String {
        var fitted = ""
        for character in piece {
            guard columns + character.columns <= width else { break }
            fitted.append(character)
            columns += character.columns
        }
        return fitted
    }
}
