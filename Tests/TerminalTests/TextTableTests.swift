import Terminal
import Testing

@Suite struct TextTableTests {
    @Test func columnsStandBelowTheirTitles() {
        let table = TextTable(["part ", " rate"])
        #expect(table.header == "part    rate\n-----  -----")
        #expect(table.row(["full", "12.5"]) == "full    12.5")
    }

    @Test func aTableIsAsWideAsItsCells() {
        var table = AlignedTable(["name", "tokens"])
        table.add(["字", "7"])
        #expect(table.width == 12)
        #expect(table.text(indent: "  ") == "  name  tokens\n  字         7\n")
        #expect(AlignedTable(lines: [["a", "b"], ["long", "c"]]).text() == "a     b\nlong  c\n")
    }

    @Test(arguments: [
        ("a", 1), ("é", 1), ("e\u{301}", 1), ("字", 2), ("🙂", 2), ("👩‍👩‍👧", 2), ("🇩🇪", 2), ("\t", 8),
    ])
    func widthsAreThoseOfTerminals(character: Character, columns: Int) {
        #expect(character.columns == columns)
    }
}
