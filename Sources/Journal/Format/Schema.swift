internal import GRDB

/// The format of a store: one SQLite database in WAL mode, with a ledger and a lock file beside it.
///
///     journal.sqlite          the database
///     journal.sqlite-wal      SQLite's log of what has been committed and not yet copied into it
///     journal.sqlite-shm      SQLite's index of that log; holds nothing of its own
///     journal.sqlite-ledger   how much has been committed (Ledger.swift)
///     journal.sqlite-lock     locked by the process that writes (StoreLock.swift)
///     journal.sqlite-check    how far a check of all rows has come (CheckPlace.swift)
///
/// Invariants:
///
/// - `application_id` is "Slui"; `user_version` is the version of the schema, which is the number of
///   migrations in `grdb_migrations`.
/// - Each row carries a checksum over its table's name and all its other columns (Checksum.swift).
/// - Positions number the accepted requests of all streams in the order in which they were written,
///   from 1. They grow by one and are never used twice, nor are the numbers of streams.
/// - The sequences of a stream's requests have no gap: all from `cut` on are there.
/// - A request that is kept has, at or before it, a checkpoint of its stream or the stream's
///   beginning, and all requests between them are kept: `cut` is 0 or a checkpoint's sequence.
///   Rows of a sequence below `cut` are forgotten and wait to be deleted.
/// - Requests before the horizon are covered by checkpoints or belong to ended incarnations. None at or
///   after it is ever deleted.
/// - An outcome has the position of its request. A stream has one temporary checkpoint at most.
///
/// Times are seconds since 1970, sizes and offsets bytes. Unsigned numbers stand as SQLite's signed
/// ones: from 2^63 on (only producers' own numbers come so far) they read as negative; every other
/// one is 0 to 2^62. Texts are UTF-8. U+0000, which would end them, is U+0001 and "0" there, and
/// U+0001 is U+0001 and "1"; names of streams and producers have neither.
///
///     journal     one row
///       id                1
///       store             a random number, also in the ledger: they belong together
///       commits           transactions so far
///       position          the highest position so far
///       streams           the highest stream number so far
///       horizon           recovery reads the requests from this position on
///       checksum
///     model       a model that requests were read by
///       id
///       fingerprint       BLAKE2b-256 of configuration, weights and tokenizer: 32 bytes
///       folder            its path when it was last used
///       checksum
///     label       a text that many rows share: an endpoint, the subscribed kinds
///       id, text, checksum
///     run         one run of the daemon
///       id
///       started, stopped  times; `stopped` is NULL while it runs and where it did not end in order
///       version           the program's
///       model             model.id
///       kernel_tier       the instruction set its kernels used
///       threads           of computation, which is the number of shards
///       checksum
///     stream      one incarnation of a stream: from its first message to its `end`
///       id
///       name              the stream id: 1 to 200 bytes
///       life              how many incarnations of this name there were before
///       began, ended      times; `ended` is NULL while it is open
///       cut               requests before this sequence have been forgotten
///       checksum
///     request     one accepted request
///       position
///       stream            stream.id
///       sequence          counts the requests of this incarnation, from 0
///       run               run.id
///       time              when it was accepted
///       op                text, end, reset, flush, evict, resume, model, put or refusal
///       more              1: the message continues in the next request
///       text              bytes; for `put` a snapshot
///       producer          who numbered it, or ""
///       producer_sequence its producer's number of it
///       producer_time     its producer's time of it
///       endpoint          label.id: where it came in
///       acknowledged      1: it was acknowledged to its producer, and a resend is a duplicate; 2: and it has
///                         said that it sends no more
///       model             model.id: what it was read by
///       checksum
///     outcome     what a request led to
///       position          request.position
///       epoch             of the stream after it
///       tokens            of this incarnation after it
///       offset            bytes of the epoch's text that tokens cover after it
///       state_digest      of the stream's snapshot after it: 16 bytes
///       events_digest     of the events published about it: 16 bytes; NULL where not all of it had
///                         the same subscribers
///       audience          label.id: which events were published
///       checksum
///     checkpoint  the whole state of a stream between two of its tokens
///       id
///       stream            stream.id
///       sequence          all requests before this one are in it,
///       text_position     and so many bytes of this one's text
///       epoch, tokens     as in outcome
///       time
///       temporary         1: kept until the stream's next checkpoint
///       model             model.id
///       snapshot          bytes
///       checksum
///     producer    the last acknowledged number of each producer, by the name of the stream:
///                 it outlives the stream's incarnations
///       name, producer, sequence
///       time              of its latest request; below 0, of one that said that it sends no more:
///                         it is forgotten first
///       checksum
///     file        a part of a file of a model's folder: only in bundles, which hold all that it
///                 takes to replay one incarnation
///       id
///       model             model.id
///       name              of the file
///       part              counts the parts of a file, from 0
///       bytes
///       checksum
///     message     a view for people: requests and outcomes in one, with names for numbers
enum Schema {
    /// "Slui".
    static let applicationID: Int32 = 0x536C_7569
    static let version: Int32 = 1

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            for statement in first { try db.execute(sql: statement) }
            try StoreState.new().insert(into: db)
            try db.execute(sql: "PRAGMA user_version = 1")
        }
        return migrator
    }

    private static let first = [
        """
        CREATE TABLE journal (
            id INTEGER PRIMARY KEY CHECK (id = 1), store INTEGER NOT NULL,
            commits INTEGER NOT NULL, position INTEGER NOT NULL, streams INTEGER NOT NULL,
            horizon INTEGER NOT NULL, checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE model (
            id INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE, folder TEXT NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE label (
            id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE, checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE run (
            id INTEGER PRIMARY KEY, started REAL NOT NULL, stopped REAL, version TEXT NOT NULL,
            model INTEGER NOT NULL REFERENCES model, kernel_tier TEXT NOT NULL,
            threads INTEGER NOT NULL, checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE stream (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, life INTEGER NOT NULL,
            began REAL NOT NULL, ended REAL, cut INTEGER NOT NULL, checksum INTEGER NOT NULL,
            UNIQUE (name, life)
        ) STRICT
        """,
        """
        CREATE TABLE request (
            position INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES stream,
            sequence INTEGER NOT NULL, run INTEGER REFERENCES run, time REAL NOT NULL,
            op TEXT NOT NULL, more INTEGER NOT NULL, text BLOB NOT NULL, producer TEXT NOT NULL,
            producer_sequence INTEGER, producer_time REAL, endpoint INTEGER REFERENCES label,
            acknowledged INTEGER NOT NULL, model INTEGER NOT NULL REFERENCES model,
            checksum INTEGER NOT NULL
        ) STRICT
        """,
        "CREATE UNIQUE INDEX request_sequence ON request (stream, sequence)",
        """
        CREATE TABLE outcome (
            position INTEGER PRIMARY KEY REFERENCES request, epoch INTEGER NOT NULL,
            tokens INTEGER NOT NULL, offset INTEGER NOT NULL, state_digest BLOB NOT NULL,
            events_digest BLOB, audience INTEGER NOT NULL REFERENCES label,
            checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE TABLE checkpoint (
            id INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES stream,
            sequence INTEGER NOT NULL, text_position INTEGER NOT NULL, epoch INTEGER NOT NULL,
            tokens INTEGER NOT NULL, time REAL NOT NULL, temporary INTEGER NOT NULL,
            model INTEGER NOT NULL REFERENCES model, snapshot BLOB NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT
        """,
        """
        CREATE INDEX checkpoint_place ON checkpoint (stream, sequence, text_position, tokens)
        """,
        """
        CREATE UNIQUE INDEX checkpoint_temporary ON checkpoint (stream) WHERE temporary = 1
        """,
        """
        CREATE TABLE producer (
            name TEXT NOT NULL, producer TEXT NOT NULL, sequence INTEGER NOT NULL,
            time REAL NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (name, producer)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE file (
            id INTEGER PRIMARY KEY, model INTEGER NOT NULL REFERENCES model, name TEXT NOT NULL,
            part INTEGER NOT NULL, bytes BLOB NOT NULL, checksum INTEGER NOT NULL,
            UNIQUE (model, name, part)
        ) STRICT
        """,
        """
        CREATE VIEW message AS
        SELECT request.position, stream.name AS stream, stream.life, request.sequence,
            strftime('%Y-%m-%d %H:%M:%f', request.time, 'unixepoch') AS time, request.op,
            request.more, CAST(request.text AS TEXT) AS text, length(request.text) AS bytes,
            request.producer, request.producer_sequence, endpoint.text AS endpoint,
            outcome.epoch, outcome.tokens, outcome.offset,
            nullif(lower(hex(outcome.state_digest)), '') AS state_digest,
            nullif(lower(hex(outcome.events_digest)), '') AS events_digest,
            audience.text AS audience,
            lower(hex(model.fingerprint)) AS model
        FROM request
            JOIN stream ON stream.id = request.stream AND request.sequence >= stream.cut
            JOIN model ON model.id = request.model
            LEFT JOIN label AS endpoint ON endpoint.id = request.endpoint
            LEFT JOIN outcome ON outcome.position = request.position
            LEFT JOIN label AS audience ON audience.id = outcome.audience
        """,
    ]
}
