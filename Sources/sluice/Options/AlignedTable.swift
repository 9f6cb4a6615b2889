import Client

/// Rows of cells as text: every column as wide as its widest cell, the first aligned left, all
/// others right.
struct AlignedTable {
    private var rows: [[String]]

    init(_ titles: [String]) { rows = [titles] }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    private var widths: [Int] {
        rows[0].indices.map { column in rows.map { $0[column].columns }.max() ?? 0 }
    }

    /// Columns of a terminal that it takes.
    var width: Int { widths.reduce(0, +) + 2 * (widths.count - 1) }

    /// - Parameter indent: before each line.
    func text(indent: String = "") -> String {
        let widths = widths
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.columns)
                return column == 0 ? cell + padding : padding + cell
            }
            return indent + cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}
