/// A text table, printed row by row as results arrive.
package struct TextTable {
    private let columns: [(title: String, width: Int)]

    /// - Parameter columns: a title as wide as its column, or padded on the left to be.
    package init(_ columns: [String]) {
        self.columns = columns.map { ($0, $0.count) }
    }

    package var header: String {
        let titles = columns.map(\.title).joined(separator: "  ")
        return titles + "\n"
            + columns.map { String(repeating: "-", count: $0.width) }
            .joined(separator: "  ")
    }

    /// Right-aligned, but for the first cell.
    package func row(_ cells: [String]) -> String {
        zip(cells, columns).enumerated().map { index, pair in
            let (cell, column) = pair
            let padding = String(repeating: " ", count: max(0, column.width - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined(separator: "  ")
    }
}
