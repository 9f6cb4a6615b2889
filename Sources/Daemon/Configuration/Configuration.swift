package import Engine
package import HTTP
package import Journal
package import Kernels
package import Logging
import Model
import Storage
package import Wire
package import ZeroMQ

/// What `sluice serve` does: the content of its TOML file, or without one, the defaults.
package struct Configuration: Sendable, Equatable {
    /// The model's folder; nil for the shipped model.
    package var model: String?
    package var inputs = Input.defaults
    package var outputs = Output.defaults
    package var engine = EngineSection()
    package var journal = Journal()
    package var control = Control()
    package var http = HTTP()
    package var access = Access()
    package var limits = Limits()
    package var log = Log()
    package var shutdown = Shutdown()

    package init() {}

    /// An input socket.
    package struct Input: Sendable, Equatable {
        package enum Kind: String, CaseIterable, Sendable { case sub, pull, router }

        package var kind = Kind.sub
        package var bind: [Endpoint] = []
        package var connect: [Endpoint] = []
        /// The public key of the server where it connects by tcp, or its file; nil for no encryption.
        package var serverKey: String?
        /// Whose text a message of a single frame is.
        package var stream = Self.defaultStream
        /// Whether a message without a header continues in the next.
        package var more = false
        /// Prefixes of stream ids; of SUB only.
        package var subscribe = [""]
        package var socket = Self.defaultSocket

        package init() {}
    }

    /// An output socket.
    package struct Output: Sendable, Equatable {
        package enum Kind: String, CaseIterable, Sendable { case xpub, push }

        /// The policy for a reader that does not keep up.
        package enum SlowReader: String, CaseIterable, Sendable {
            /// Events wait for it, and then the daemon's inputs do.
            case block
            /// It misses events, and they are counted.
            case drop
            /// Its connection is closed.
            case disconnect
        }

        /// What comes of a reader that an output has waited for as long as it may.
        package enum AfterBlock: String, CaseIterable, Sendable { case disconnect, drop }

        package var kind = Kind.xpub
        package var bind: [Endpoint] = []
        package var connect: [Endpoint] = []
        /// The public key of the server where it connects by tcp, or its file; nil for no encryption.
        package var serverKey: String?
        package var events = EventKind.allCases
        package var nextEvery = Cadence.everyToken
        package var sentimentEvery = Cadence.everyTokenAndMessage
        package var slowReader = SlowReader.drop
        /// How long `block` waits for a reader; nil for any time.
        package var blockTimeout: Duration?
        package var blockThen = AfterBlock.disconnect
        /// Bytes that may wait for one reader.
        package var readerBytes = 256 << 20
        /// With `disconnect`: how long a reader may take nothing while events wait for it.
        package var readerTimeout = Duration.seconds(10)
        package var socket = Self.defaultSocket

        package init() {}
    }

    package struct EngineSection: Sendable, Equatable {
        /// Compute threads; nil for one for each processor.
        package var threads: Int?
        package var maxBatch = 64
        /// Candidates in a `next` event.
        package var top = 5
        /// Nil for the best that this processor has.
        package var kernelTier: KernelTier?
        package var inputTable = true
        package var inputTableBytes = Network.usualInputTableLimit
        package var maxStreams = 100_000
        package var queueBytes = 32 << 20
        /// Nil for never.
        package var idleFlush: Duration?
        /// Nil for only where there is no room for another stream.
        package var evictAfter: Duration? = .seconds(3600)
    }

    /// What is kept of every stream, and when it is on disk.
    package struct Journal: Sendable, Equatable {
        package enum Durability: String, CaseIterable, Sendable {
            /// On disk before its events are published and its publisher is answered.
            case commit
            /// Published at once, on disk soon after.
            case relaxed
            /// Nothing is kept.
            case off
        }

        package var durability = Durability.commit
        /// The store; nil for the user's own, `Configuration.defaultStore`.
        package var path: String?
        /// Least time between two commits.
        package var commitEvery = Duration.milliseconds(5)
        package var checkpointEvery = Duration.seconds(60)
        /// Tokens of a stream between two checkpoints that are kept.
        package var checkpointTokens: UInt64 = 1024
        package var check = JournalOptions.Check.automatic
        /// How long requests are kept; nil forever.
        package var maxAge: Duration?
        /// How large the store may grow; nil for any size.
        package var maxBytes: Int?
    }

    /// Where administrators inspect streams and move them.
    package struct Control: Sendable, Equatable {
        /// None: nowhere; nil for the user's own, `ControlPlace`.
        package var bind: [Endpoint]?
    }

    /// Where metrics and the daemon's health can be read.
    package struct HTTP: Sendable, Equatable {
        /// None: nowhere; nil for `DefaultEndpoint.http`, if no other process has it.
        package var bind: [Endpoint]?
        /// A file with the token that each request must carry; nil for none.
        package var tokenFile: String?
        package var limits = HTTPLimits()
    }

    /// Who may connect.
    package struct Access: Sendable, Equatable {
        /// Begins the name of a file that systemd gives the service.
        static let credential = "credential:"

        /// The certificate with the daemon's secret key; nil for no encryption.
        package var serverKey: String?
        /// The list of the clients' keys.
        package var keys: String?
        /// Whether endpoints that other machines can reach may be bound, and other machines
        /// connected to, without encryption.
        package var allowInsecure = false
        /// Of the files of ipc endpoints, except the control socket's.
        package var ipcMode: UInt32 = 0o600
        /// The group of these files; nil for the process's own.
        package var ipcGroup: String?
    }

    package struct Limits: Sendable, Equatable {
        /// Bytes of text in one message.
        package var maxTextBytes = 16 << 20
        /// Bytes of all frames of one message; nil for what the largest text needs.
        package var messageBytes: Int?
        /// Bytes of one peer's messages that may wait to be received; then the peer waits.
        package var peerBytes = 64 << 20
        /// The same of all peers together; nil for four of the largest messages.
        package var totalBytes: Int?
        /// Bytes that may wait for all readers of one socket.
        package var readerBytes = 256 << 20
        /// Connections of one endpoint.
        package var connections = 1024
        /// Bytes of a topic that is subscribed to.
        package var topicBytes = 256
        /// Subscriptions of one connection, and of all.
        package var subscriptions = 10_000
        package var totalSubscriptions = 50_000
        /// Changes of subscriptions a second that one connection may make.
        package var subscriptionChanges = 1000
        /// Encrypted handshakes a second, of all clients together; more wait.
        package var handshakes = 200
        /// The same of one address; beyond it the connection is closed.
        package var addressHandshakes = 50
        /// Connections of one endpoint, and of those with one address, that are not through their
        /// handshake.
        package var halfOpen = 512
        package var addressHalfOpen = 256
        /// How long a connection may carry nothing; nil for any time.
        package var idleTimeout: Duration?
        /// Streams in use at a time, of all publishers; `.max` for any number.
        package var streamsInUse = Int.max
        /// How long streams and producers are in use after their last message.
        package var useWindow = Duration.seconds(3600)
        /// What each connection may send.
        package var connection = RateSettings()
        /// What each key may do that has no limits of its own.
        package var key = KeyLimits()
        /// What may come for each stream.
        package var streams: [StreamLimits] = []
    }

    package struct Log: Sendable, Equatable {
        /// Whether lines begin with a priority, as the journal of systemd reads it.
        package enum Priority: String, CaseIterable, Sendable {
            /// Where the journal reads the lines.
            case automatic
            case always, never
        }

        package var level = Logger.Level.info
        package var format = LogFormat.text
        package var priority = Priority.automatic
        /// Nil for never.
        package var statisticsEvery: Duration? = .seconds(60)
    }

    package struct Shutdown: Sendable, Equatable {
        /// How long a stop may take to finish accepted requests.
        package var timeout = Duration.seconds(10)
    }
}
