package import Names
package import Wire

/// What the journal is told, in the order in which it happened to each stream. A batch of entries
/// is written in one transaction.
package enum JournalEntry: Sendable {
    case began(StreamLife)
    case request(RequestRecord)
    case outcome(OutcomeRecord)
    case checkpoint(CheckpointRecord)
    /// A producer that was acknowledged sends no more under this stream's name.
    case producerLeft(StreamID, Name)
    /// A producer's last number is forgotten: what it sends from here on is new.
    case producerForgotten(StreamID, Name)
    /// The model that is read by from here on, with the folder it was loaded from.
    case model(ModelRecord)
    /// This life of the stream is over: no request of it follows.
    case ended(StreamKey, time: Double)
    /// A shard begins to checkpoint every stream that has changed since its last sweep.
    case sweepBegan(shard: Int)
    /// It is done: what was recorded before that sweep began is covered by checkpoints.
    case sweepEnded(shard: Int)
}

/// The store's number of one life of a stream: `stream.id`.
package typealias StreamKey = Int64

/// A stream from its first message to its `end`. A name that comes again begins the next life.
package struct StreamLife: Equatable, Sendable {
    package let key: StreamKey
    package let name: StreamID
    /// How many lives of this name there were before.
    package let life: UInt64
    /// Seconds since 1970.
    package let began: Double

    package init(key: StreamKey, name: StreamID, life: UInt64, began: Double) {
        self.key = key
        self.name = name
        self.life = life
        self.began = began
    }
}

/// One request that was accepted. It is all that replay needs to do the same again.
package struct RequestRecord: Equatable, Sendable {
    package var key: StreamKey
    /// Counts the requests of this life, from 0.
    package var sequence: UInt64
    /// When it was accepted, in seconds since 1970.
    package var time: Double
    package var operation: Request.Operation
    package var more: Bool
    /// The text; for `put` the snapshot.
    package var text: [UInt8]
    package var producer: Name
    package var producerSequence: UInt64?
    /// The producer's own time, in seconds since 1970.
    package var producerTime: Double?
    package var endpoint: String?
    /// Whether `producerSequence` has been acknowledged: a resend of it is a duplicate.
    package var isAcknowledged: Bool
    /// It is the last that its producer sends.
    package var isLast = false
    /// The fingerprint of the model that reads it, 32 bytes.
    package var model: [UInt8]

    package init(
        key: StreamKey, sequence: UInt64, time: Double, operation: Request.Operation,
        more: Bool = false, text: [UInt8] = [], producer: Name = "",
        producerSequence: UInt64? = nil, producerTime: Double? = nil, endpoint: String? = nil,
        isAcknowledged: Bool = false, model: [UInt8]
    ) {
        self.key = key
        self.sequence = sequence
        self.time = time
        self.operation = operation
        self.more = more
        self.text = text
        self.producer = producer
        self.producerSequence = producerSequence
        self.producerTime = producerTime
        self.endpoint = endpoint
        self.isAcknowledged = isAcknowledged
        self.model = model
    }
}

/// The last acknowledged number of one producer in one stream, whatever became of its lives.
package struct ProducerRecord: Equatable, Sendable {
    package var producer: Name
    package var sequence: UInt64
    /// When its latest request was accepted, in seconds since 1970.
    package var time: Double
    /// It has said that it sends no more.
    package var isDone: Bool

    package init(producer: Name, sequence: UInt64, time: Double, isDone: Bool = false) {
        self.producer = producer
        self.sequence = sequence
        self.time = time
        self.isDone = isDone
    }
}

/// What a request led to.
package struct OutcomeRecord: Equatable, Sendable {
    package var key: StreamKey
    package var sequence: UInt64
    package var epoch: UInt64
    /// Tokens of this life after the request.
    package var tokens: UInt64
    /// Bytes of the epoch's text that tokens cover after it.
    package var offset: UInt64
    /// Of the stream's snapshot after it: 16 bytes.
    package var stateDigest: [UInt8]
    /// Of the events published about it: 16 bytes; nil where not all of it had the same audience.
    package var eventsDigest: [UInt8]?
    /// Which events were published: what `eventsDigest` is taken over.
    package var audience: String

    package init(
        key: StreamKey, sequence: UInt64, epoch: UInt64, tokens: UInt64, offset: UInt64,
        stateDigest: [UInt8], eventsDigest: [UInt8]?, audience: String
    ) {
        self.key = key
        self.sequence = sequence
        self.epoch = epoch
        self.tokens = tokens
        self.offset = offset
        self.stateDigest = stateDigest
        self.eventsDigest = eventsDigest
        self.audience = audience
    }
}

/// A stream's whole state between two of its tokens: what it takes to go on from there.
package struct CheckpointRecord: Equatable, Sendable {
    package var key: StreamKey
    /// All requests before this one are in it,
    package var sequence: UInt64
    /// and so many bytes of this one's text.
    package var position: UInt64
    package var epoch: UInt64
    /// Tokens of this life.
    package var tokens: UInt64
    package var time: Double
    /// Kept until the stream's next checkpoint only.
    package var isTemporary: Bool
    package var model: [UInt8]
    package var snapshot: [UInt8]

    package init(
        key: StreamKey, sequence: UInt64, position: UInt64, epoch: UInt64, tokens: UInt64,
        time: Double, isTemporary: Bool, model: [UInt8], snapshot: [UInt8]
    ) {
        self.key = key
        self.sequence = sequence
        self.position = position
        self.epoch = epoch
        self.tokens = tokens
        self.time = time
        self.isTemporary = isTemporary
        self.model = model
        self.snapshot = snapshot
    }
}

/// A model that requests were read by.
package struct ModelRecord: Equatable, Sendable {
    /// 32 bytes.
    package var fingerprint: [UInt8]
    /// The folder's path when it was last used.
    package var folder: String

    package init(fingerprint: [UInt8], folder: String) {
        self.fingerprint = fingerprint
        self.folder = folder
    }
}

/// One run of the daemon.
package struct RunRecord: Equatable, Sendable {
    /// Seconds since 1970.
    package var started: Double
    /// Nil while it runs, and where it did not end in order.
    package var stopped: Double?
    /// The program's version.
    package var version: String
    /// The fingerprint of the model it began with.
    package var model: [UInt8]
    /// The instruction set its kernels used.
    package var kernelTier: String
    /// Threads of computation: the number of shards.
    package var threads: Int

    package init(
        started: Double, stopped: Double? = nil, version: String, model: [UInt8],
        kernelTier: String, threads: Int
    ) {
        self.started = started
        self.stopped = stopped
        self.version = version
        self.model = model
        self.kernelTier = kernelTier
        self.threads = threads
    }
}
