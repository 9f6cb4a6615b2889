internal import GRDB
internal import Storage

struct RunRow: TableRow {
    static let table = Table(
        "run", ["id", "started", "stopped", "version", "model", "kernel_tier", "threads"],
        identity: [0])

    let id: Int64
    /// Its model is in `model`.
    var run: RunRecord
    let model: Int64

    var values: [DatabaseValue] {
        [
            id.field, run.started.field, run.stopped.field, run.version.field, model.field,
            run.kernelTier.field, Int64(run.threads).field,
        ]
    }
}

extension RunRow {
    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        run = RunRecord(
            started: try fields.time(),
            stopped: try fields.optional { fields throws(RowDamage) in try fields.time() },
            version: try fields.text(), model: [], kernelTier: "", threads: 0)
        model = try fields.key()
        run.kernelTier = try fields.text()
        run.threads = Int(try fields.count())
    }
}
