/// The colours of charts. Each series has its own rules, since not every SVG viewer supports
/// variables.
enum SVGStyle {
    /// The colours of the series on a light and on a dark page. Most people with colour blindness
    /// can distinguish them.
    private static let series = [
        ("#1f6fb4", "#6cb4ee"), ("#c2570c", "#f59e5b"), ("#1d8348", "#62c98c"),
        ("#8e44ad", "#c694e0"), ("#b8860b", "#e3c04f"), ("#c0396b", "#f08cb3"),
        ("#0e7c86", "#5ccad3"), ("#5d6d7e", "#b3bfcb"),
    ]

    static func seriesClass(_ index: Int) -> String { "s\(index % series.count)" }

    static let sheet = """

        text { font: 12px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
        .title { font-size: 15px; font-weight: 600; }
        .line { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .dashed { stroke-width: 1.5; stroke-dasharray: 5 5; }
        .grid { stroke-width: 1; }
        .frame { fill: none; stroke-width: 1; }
        \(colors(page: "#ffffff", text: "#1c1f24", quiet: "#5a6270", grid: "#e6e8ec", \.0))
        @media (prefers-color-scheme: dark) {
        \(colors(page: "#15181d", text: "#e8eaed", quiet: "#a3abb8", grid: "#2c323b", \.1))
        }

        """

    private static func colors(
        page: String, text: String, quiet: String, grid: String,
        _ color: KeyPath<(String, String), String>
    ) -> String {
        let rules = series.enumerated().map { index, pair in
            let color = pair[keyPath: color]
            return ".s\(index).line { stroke: \(color); } .s\(index).mark { fill: \(color); }"
        }
        return
            ([
                ".page { fill: \(page); } text { fill: \(text); } .quiet { fill: \(quiet); }",
                ".grid { stroke: \(grid); } .frame { stroke: \(quiet); }",
                ".mark { stroke: \(page); stroke-width: 1; }",
            ] + rules).joined(separator: "\n")
    }
}
