/// Rows of cells as text: each column as wide as its widest cell.
package struct AlignedTable {
    private var rows: [[String]]
    private let leftColumns: Set<Int>

    /// - Parameter leftColumns: aligned to the left.
    package init(_ titles: [String], leftColumns: Set<Int> = [0]) {
        rows = [titles]
        self.leftColumns = leftColumns
    }

    /// Rows without titles, all columns aligned to the left.
    package init(lines: [[String]]) {
        rows = lines
        leftColumns = Set((lines.first ?? []).indices)
    }

    package mutating func add(_ cells: [String]) { rows.append(cells) }

    private var table: TextTable {
        let titles = rows.first ?? []
        return TextTable(
            titles,
            widths: titles.indices.map { column in rows.map { $0[column].columns }.max() ?? 0 },
            leftColumns: leftColumns)
    }

    /// Columns of a terminal that it takes.
    package var width: Int { table.width }

    /// - Parameter indent: before each line.
    package func text(indent: String = "") -> String {
        let table = table
        return rows.map { indent + table.row($0) + "\n" }.joined()
    }
}
