internal import GRDB
internal import Storage

struct ModelRow: TableRow {
    static let table = Table("model", ["id", "fingerprint", "folder"], identity: [0])

    let id: Int64
    let model: ModelRecord

    var values: [DatabaseValue] { [id.field, model.fingerprint.field, model.folder.field] }
}

extension ModelRow {
    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        model = ModelRecord(fingerprint: try fields.bytes(), folder: try fields.text())
    }
}
