internal import GRDB
internal import Storage

/// A row of `model`.
struct ModelRow: TableRow {
    static let table = Table("model", ["id", "fingerprint", "folder"], identity: [0])

    let id: Int64
    let model: ModelRecord

    init(id: Int64, model: ModelRecord) {
        self.id = id
        self.model = model
    }

    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        model = ModelRecord(fingerprint: try fields.bytes(), folder: try fields.text())
    }

    var values: [DatabaseValue] { [id.field, model.fingerprint.field, model.folder.field] }
}
