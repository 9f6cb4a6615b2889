internal import GRDB

struct FileRow: TableRow {
    static let table = Table("file", ["id", "model", "name", "part", "bytes"], identity: [0])

    let id: Int64
    let model: Int64
    let name: String
    let part: Int64
    let bytes: [UInt8]

    var values: [DatabaseValue] {
        [id.field, model.field, name.field, part.field, bytes.field]
    }
}

extension FileRow {
    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        model = try fields.key()
        name = try fields.text()
        part = Int64(try fields.count())
        bytes = try fields.bytes()
    }
}
