/// A chart, as SVG or as text for a terminal.
package protocol Chart: Sendable {
    var title: String { get }

    /// An SVG element without style; `SVGPage` adds the style.
    func element(width: Int, height: Int) -> String

    /// Lines of text, of at most `columns` columns.
    ///
    /// - Parameter colors: whether to distinguish series by colours (SGR) instead of letters.
    func terminal(columns: Int, rows: Int, colors: Bool) -> String
}

extension Chart {
    /// A complete SVG file, in light or dark colours as the viewer prefers.
    package func svg(width: Int = 720, height: Int = 440) -> String {
        SVGPage([self]).svg(width: width, height: height)
    }
}
