/// Something to draw, as SVG for a page or as text for a terminal.
package protocol Chart: Sendable {
    var title: String { get }

    /// An `<svg>` element without a style of its own; `SVGPage` gives it one.
    func element(width: Int, height: Int) -> String

    /// Lines of text, of at most so many columns.
    ///
    /// - Parameter colors: tell series apart by colours (SGR) in place of letters.
    func terminal(columns: Int, rows: Int, colors: Bool) -> String
}

extension Chart {
    /// A whole SVG file, in light colours or dark as the reader prefers.
    package func svg(width: Int = 720, height: Int = 440) -> String {
        SVGPage([self]).svg(width: width, height: height)
    }

    package func terminal(columns: Int = 80, rows: Int = 20) -> String {
        terminal(columns: columns, rows: rows, colors: false)
    }
}
