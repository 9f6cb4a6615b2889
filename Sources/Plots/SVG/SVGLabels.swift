/// Named points in a frame, with each name at a free position beside its point.
struct SVGLabels {
    private struct Box {
        var left, top, right, bottom: Double

        func meets(_ other: Box) -> Bool {
            left < other.right && other.left < right && top < other.bottom && other.top < bottom
        }
    }

    let points: [ScatterChart.Point]
    let frame: SVGFrame

    var content: String {
        let placed = points.enumerated().compactMap { index, point in
            frame.position((point.x, point.y)).map { (index, point, $0) }
        }
        var taken = placed.map { _, _, position in
            Box(
                left: position.x - 6, top: position.y - 6, right: position.x + 6,
                bottom: position.y + 6)
        }
        return placed.map { index, point, position in
            let box = Self.box(for: point.name, at: position, in: frame, avoiding: taken)
            taken.append(box)
            let text = SVGText.text(point.name, x: box.left, y: box.bottom - 3)
            let title = "\(point.name): \(point.x.shortText), \(point.y.shortText)"
            return SVGSeries.marker(index, x: position.x, y: position.y, title: title) + text
        }.joined(separator: "\n")
    }

    /// The first box to the right, left, above or below that is free and inside.
    private static func box(
        for name: String, at point: (x: Double, y: Double), in frame: SVGFrame,
        avoiding taken: [Box]
    ) -> Box {
        let (width, height) = (SVGText.width(of: name), 14.0)
        let corners = [
            (point.x + 9, point.y - 7), (point.x - 9 - width, point.y - 7),
            (point.x - width / 2, point.y - 9 - height), (point.x - width / 2, point.y + 9),
        ]
        let boxes = corners.map {
            Box(left: $0.0, top: $0.1, right: $0.0 + width, bottom: $0.1 + height)
        }
        let inside = boxes.filter { $0.left >= frame.left && $0.right <= frame.right + 18 }
        let free = inside.first { box in !taken.contains { $0.meets(box) } }
        return free ?? inside.first ?? boxes[0]
    }
}
