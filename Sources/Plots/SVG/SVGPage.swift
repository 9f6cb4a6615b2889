/// Charts in a grid, as one SVG file.
package struct SVGPage: Sendable {
    private let charts: [any Chart]
    private let columns: Int

    package init(_ charts: [any Chart], columns: Int = 2) {
        self.charts = charts
        self.columns = max(1, min(columns, charts.count))
    }

    /// - Parameters:
    ///   - width: the width of each chart, in pixels.
    ///   - height: the height of each chart, in pixels.
    package func svg(width: Int = 560, height: Int = 420) -> String {
        let rows = (charts.count + columns - 1) / columns
        let (pageWidth, pageHeight) = (width * columns, height * rows)
        let panels = charts.enumerated().map { index, chart in
            SVGText.element(
                "g",
                ["transform": "translate(\(index % columns * width),\(index / columns * height))"],
                chart.element(width: width, height: height))
        }
        let title = charts.map(\.title).joined(separator: "; ")
        return SVGText.element(
            "svg",
            [
                "xmlns": "http://www.w3.org/2000/svg", "role": "img", "width": "\(pageWidth)",
                "height": "\(pageHeight)", "viewBox": "0 0 \(pageWidth) \(pageHeight)",
            ],
            """

            <title>\(SVGText.escaped(title))</title>
            <style>\(SVGStyle.sheet)</style>
            <rect class="page" width="100%" height="100%"/>
            \(panels.joined(separator: "\n"))

            """) + "\n"
    }
}
