import Foundation
import FoundationXML
import Plots
import TestSupport
import Testing

/// Charts as SVG: well-formed, labelled, and of the right size.
@Suite struct SVGTests {
    private static let charts: [any Chart] = [
        LineChart(
            title: "Loss <&> \"more\"", x: Axis(label: "step", scale: .log),
            y: Axis(label: "bits"),
            series: [
                Series(name: "train", points: [(1, 8), (10, 3), (100, .nan), (1000, 2)]),
                Series(name: "a<b", points: [(0, 8), (-1, 3)], style: .dashed),
            ]),
        LineChart(title: "empty", x: Axis(label: ""), y: Axis(label: ""), series: []),
        ScatterChart(
            title: "models", x: Axis(label: "tokens/s"), y: Axis(label: "bits/byte"),
            points: [("lstm", 1, 2), ("gru\u{1}", 1, 2), ("lost", .infinity, 2)]),
        BarChart(
            title: "bits", x: Axis(label: "bits per byte"),
            bars: [("wiki", 2.1), ("below", -1)]),
    ]

    @Test(arguments: charts.indices) func isWellFormed(_ index: Int) throws {
        let chart = Self.charts[index]
        let elements = try Elements(chart.svg(width: 400, height: 300))
        #expect(elements.names.first == "svg")
        #expect(elements.names[1] == "title")
        #expect(elements.texts["title"]?.first == chart.title)
        #expect(elements.attributes["svg"]?.first?["role"] == "img")
        let all = elements.attributes.values.joined().flatMap(\.values).joined(separator: " ")
        for word in ["nan", "inf"] { #expect(!all.contains(word)) }
    }

    @Test func aSeriesMayHaveTheColourOfAnother() {
        let points = [(0.0, 1.0), (1.0, 2.0)]
        let chart = LineChart(
            title: "", x: Axis(label: ""), y: Axis(label: ""),
            series: [
                Series(name: "a", points: points), Series(name: "b", points: points),
                Series(name: "b, clipped", points: points, style: .dashed, color: 1),
            ])
        // In the legend and in the chart.
        let svg = chart.svg()
        #expect(svg.components(separatedBy: "\"s1 line dashed\"").count == 3)
        #expect(!svg.contains("\"s2 line"))
    }

    @Test func aPageHoldsAllItsCharts() throws {
        let elements = try Elements(SVGPage(Self.charts, columns: 2).svg(width: 300, height: 200))
        #expect(elements.attributes["svg"]?.first?["viewBox"] == "0 0 600 400")
        let texts = try #require(elements.texts["text"])
        for chart in Self.charts { #expect(texts.contains(chart.title)) }
    }

    @Test func aPointWithoutAPlaceInterruptsTheLine() throws {
        let path = try path(of: [(0, 0), (1, 1), (2, .nan), (3, 1), (4, 2)])
        #expect(path.count { $0 == "M" } == 2)
        #expect(path.count { $0 == "L" } == 2)
    }

    @Test func aLongLineIsThinnedButKeepsItsPeaks() throws {
        var points = (0..<50_000).map { (x: Double($0), y: Double($0 % 7)) }
        points[31_415].y = 100
        let long = try path(of: points)
        let numbers = long.count { $0 == "L" || $0 == "M" }
        #expect(numbers <= 4 * 720)
        let heights = long.split { "ML".contains($0) }.compactMap { part in
            part.split(separator: " ").last.flatMap { Double($0) }
        }
        let sorted = heights.sorted()
        // y decreases upwards: one point is far above all others.
        #expect(sorted[1] - sorted[0] > 200)
    }

    private func path(of points: [(x: Double, y: Double)]) throws -> String {
        let chart = LineChart(
            title: "t", x: Axis(label: "x"), y: Axis(label: "y"),
            series: [Series(name: "s", points: points)])
        let elements = try Elements(chart.svg())
        let paths = try #require(elements.attributes["path"])
        return try #require(paths.first { $0["class"]?.contains("line") == true }?["d"])
    }
}

/// The elements of a document, in order and by name.
private final class Elements: NSObject, XMLParserDelegate {
    private(set) var names: [String] = []
    private(set) var attributes: [String: [[String: String]]] = [:]
    private(set) var texts: [String: [String]] = [:]
    private var open: [(name: String, text: String)] = []

    init(_ text: String) throws {
        super.init()
        let parser = XMLParser(data: Data(text.utf8))
        parser.delegate = self
        let isWellFormed = parser.parse()
        try #require(isWellFormed, "\(String(describing: parser.parserError)) \(text)")
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        names.append(name)
        self.attributes[name, default: []].append(attributes)
        open.append((name, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        open[open.count - 1].text += text
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        let element = open.removeLast()
        texts[element.name, default: []].append(element.text)
    }
}
