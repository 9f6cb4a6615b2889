/// A grid of characters of two by four dots each (braille patterns of Unicode).
struct BrailleCanvas {
    let columns: Int
    let rows: Int
    private var dots: [UInt8]
    /// The series that drew last, for each character.
    private(set) var owners: [Int?]
    private var letters: [Character?]

    /// The bit of the dot at column x, row y of a character.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    init(columns: Int, rows: Int) {
        (self.columns, self.rows) = (columns, rows)
        dots = Array(repeating: 0, count: columns * rows)
        owners = Array(repeating: nil, count: columns * rows)
        letters = Array(repeating: nil, count: columns * rows)
    }

    var dotColumns: Int { columns * 2 }
    var dotRows: Int { rows * 4 }

    /// Sets a dot. Dots outside are ignored.
    mutating func set(x: Int, y: Int, owner: Int) {
        guard (0..<dotColumns).contains(x), (0..<dotRows).contains(y) else { return }
        let cell = y / 4 * columns + x / 2
        dots[cell] |= Self.bits[x % 2][y % 4]
        owners[cell] = owner
    }

    /// A straight line of dots (Bresenham 1965). A dashed line alternates two dots and two gaps.
    mutating func line(
        from start: (x: Int, y: Int), to end: (x: Int, y: Int), owner: Int, dashed: Bool
    ) {
        let (width, height) = (abs(end.x - start.x), abs(end.y - start.y))
        let (stepX, stepY) = ((end.x - start.x).signum(), (end.y - start.y).signum())
        var (x, y, error, count) = (start.x, start.y, width - height, 0)
        while true {
            if !dashed || count % 4 < 2 { set(x: x, y: y, owner: owner) }
            count += 1
            guard x != end.x || y != end.y else { return }
            let doubled = 2 * error
            if doubled > -height {
                error -= height
                x += stepX
            }
            if doubled < width {
                error += width
                y += stepY
            }
        }
    }

    /// Writes characters over the dots, if all are inside and cover no other characters. Returns
    /// whether it did.
    @discardableResult
    mutating func write(_ text: String, column: Int, row: Int, owner: Int?) -> Bool {
        let cells = Array(text)
        guard (0..<rows).contains(row), column >= 0, column + cells.count <= columns else {
            return false
        }
        let start = row * columns + column
        guard letters[start..<start + cells.count].allSatisfy({ $0 == nil }) else { return false }
        for (index, character) in cells.enumerated() {
            letters[start + index] = character
            owners[start + index] = owner
        }
        return true
    }

    func character(column: Int, row: Int) -> Character {
        let cell = row * columns + column
        if let letter = letters[cell] { return letter }
        guard dots[cell] != 0, let scalar = Unicode.Scalar(0x2800 + UInt32(dots[cell])) else {
            return " "
        }
        return Character(scalar)
    }

    func owner(column: Int, row: Int) -> Int? { owners[row * columns + column] }
}
