internal import GRDB
internal import Storage

/// A row of `run`.
struct RunRow: TableRow {
    static let table = Table(
        "run", ["id", "started", "stopped", "version", "model", "kernel_tier", "threads"],
        identity: [0])

    let id: Int64
    let started: Double
    var stopped: Double?
    let version: String
    let model: Int64
    let kernelTier: String
    let threads: Int64

    init(id: Int64, run: RunRecord, model: Int64) {
        self.id = id
        started = run.started
        stopped = run.stopped
        version = run.version
        self.model = model
        kernelTier = run.kernelTier
        threads = Int64(run.threads)
    }

    init(_ fields: inout FieldReader) throws {
        id = try fields.key()
        started = try fields.time()
        stopped = try fields.optional { fields throws(RowDamage) in try fields.time() }
        version = try fields.text()
        model = try fields.key()
        kernelTier = try fields.text()
        threads = Int64(try fields.count())
    }

    var values: [DatabaseValue] {
        [
            id.field, started.field, stopped.field, version.field, model.field,
            kernelTier.field, threads.field,
        ]
    }
}
