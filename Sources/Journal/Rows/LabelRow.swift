internal import GRDB

struct LabelRow: TableRow {
    static let table = Table("label", ["id", "text"], identity: [0])

    let id: Int64
    let text: String

    var values: [DatabaseValue] { [id.field, text.field] }
}

extension LabelRow {
    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        text = try fields.text()
    }
}
