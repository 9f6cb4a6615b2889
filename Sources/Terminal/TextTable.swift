/// Columns of fixed width, for rows that are printed one by one. Numbers go to the right.
package struct TextTable {
    private let titles: [String]
    private let widths: [Int]
    private let leftColumns: Set<Int>

    /// - Parameters:
    ///   - titles: as wide as their columns, or padded on the left to be.
    ///   - widths: of the columns; nil for those of the titles.
    ///   - leftColumns: aligned to the left.
    package init(_ titles: [String], widths: [Int]? = nil, leftColumns: Set<Int> = [0]) {
        self.titles = titles
        self.widths = widths ?? titles.map(\.columns)
        self.leftColumns = leftColumns
    }

    /// Columns of a terminal that it takes.
    package var width: Int { widths.reduce(0, +) + 2 * (widths.count - 1) }

    /// The titles, underlined.
    package var header: String {
        titles.joined(separator: "  ") + "\n"
            + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
    }

    /// The last column is not padded if it is aligned to the left.
    package func row(_ cells: [String]) -> String {
        zip(cells, widths).enumerated().map { column, pair in
            let (cell, width) = pair
            let padding = String(repeating: " ", count: max(0, width - cell.columns))
            guard leftColumns.contains(column) else { return padding + cell }
            return column == widths.count - 1 ? cell : cell + padding
        }.joined(separator: "  ")
    }
}
