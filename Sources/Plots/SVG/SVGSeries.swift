/// A series in a frame: a line, and markers if there are few points.
struct SVGSeries {
    let series: Series
    let index: Int
    let frame: SVGFrame

    private static let mostMarkers = 60

    var content: String {
        let path = SVGText.element(
            "path", ["class": Self.lineClass(series.style, index), "d": path])
        let hasMarkers = series.style == .line && series.points.count <= Self.mostMarkers
        return ([path] + (hasMarkers ? markers : [])).joined(separator: "\n")
    }

    /// The line, interrupted at points without a position.
    private var path: String {
        var path = ""
        var isDown = false
        for point in thinned {
            guard let point else {
                isDown = false
                continue
            }
            path += "\(isDown ? "L" : "M")\(SVGText.number(point.x)) \(SVGText.number(point.y))"
            isDown = true
        }
        return path
    }

    /// For each column of pixels only the first, the lowest, the highest and the last point.
    private var thinned: [(x: Double, y: Double)?] {
        var result: [(x: Double, y: Double)?] = []
        var column: [(x: Double, y: Double)] = []
        func flush() {
            let low = column.indices.min { column[$0].y < column[$1].y }
            let high = column.indices.max { column[$0].y < column[$1].y }
            let kept = Set(
                [column.indices.first, low, high, column.indices.last].compactMap(\.self))
            result += kept.sorted().map { column[$0] }
            column = []
        }
        for point in series.points {
            let position = frame.position(point)
            if let position, let start = column.first, abs(position.x - start.x) < 1 {
                column.append(position)
                continue
            }
            flush()
            if let position { column.append(position) } else { result.append(nil) }
        }
        flush()
        return result
    }

    private var markers: [String] {
        series.points.compactMap { point in
            frame.position(point).map {
                Self.marker(
                    index, x: $0.x, y: $0.y,
                    title: "\(series.name): \(point.x.shortText), \(point.y.shortText)")
            }
        }
    }

    // MARK: Parts that legends and scatter charts share

    private static func lineClass(_ style: Series.Style, _ index: Int) -> String {
        "\(SVGStyle.seriesClass(index)) line" + (style == .dashed ? " dashed" : "")
    }

    /// The symbol of the series in a legend, 24 pixels wide.
    static func key(_ style: Series.Style, index: Int, x: Double, y: Double) -> String {
        let line = SVGText.element(
            "path",
            [
                "class": lineClass(style, index),
                "d": "M\(SVGText.number(x)) \(SVGText.number(y))h24",
            ])
        return style == .dashed ? line : line + marker(index, x: x + 12, y: y, title: "")
    }

    /// Circle, square, triangle and diamond in turn, since not everyone distinguishes colours.
    static func marker(_ index: Int, x: Double, y: Double, title: String) -> String {
        let start = "M\(SVGText.number(x)) \(SVGText.number(y))"
        let shape =
            switch index % 4 {
            case 0: "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
            case 1: "m-3.5 -3.5h7v7h-7z"
            case 2: "m0 -4.6l4.4 7.8h-8.8z"
            default: "m0 -4.8l4.8 4.8l-4.8 4.8l-4.8 -4.8z"
            }
        return SVGText.element(
            "path", ["class": "\(SVGStyle.seriesClass(index)) mark", "d": start + shape],
            title.isEmpty ? "" : "<title>\(SVGText.escaped(title))</title>")
    }
}
