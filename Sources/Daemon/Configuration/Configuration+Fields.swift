import Engine
import HTTP
import Journal
import Kernels
import Logging
import Storage
import StrictTOML
import Wire
import ZeroMQ

/// A table of the configuration file.
protocol ConfigurationSection {
    init()

    static var fields: [ConfigurationField<Self>] { get }
}

extension ConfigurationSection {
    typealias Field = ConfigurationField<Self>

    static var codec: ConfigurationCodec<Self> { .table(Self(), fields) }
}

/// Every key of the configuration file. `deploy/configuration/sluice.toml` explains them.
extension Configuration: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("model", optional: \.model, .path),
            Field("input", \.inputs, .list(of: Input.codec)),
            Field("output", \.outputs, .list(of: Output.codec)),
            Field("engine", \.engine, EngineSection.codec),
            Field("journal", \.journal, Journal.codec),
            Field("control", \.control, Control.codec),
            Field("http", \.http, HTTP.codec),
            Field("access", \.access, Access.codec),
            Field("limits", \.limits, Limits.codec),
            Field("log", \.log, Log.codec),
            Field("shutdown", \.shutdown, Shutdown.codec),
        ]
    }
}

extension Configuration.Input: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("type", \.kind, .choice),
            Field("bind", \.bind, .list(of: .endpoint(for: .bind))).live,
            Field("connect", \.connect, .list(of: .endpoint(for: .connect))).live,
            Field("server_key", optional: \.serverKey, .serverKey).live,
            Field("stream", \.stream, .stream).live,
            Field("more", \.more, .flag).live,
            Field(
                "subscribe", \.subscribe, .list(of: .topicPrefix),
                applies: { $0.kind == .sub }, context: "for this type of socket"
            ).live,
            Field("socket", \.socket, SocketOptions.codec(Self.defaultSocket)),
        ]
    }
}

extension Configuration.Output: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("type", \.kind, .choice),
            Field("bind", \.bind, .list(of: .endpoint(for: .bind))).live,
            Field("connect", \.connect, .list(of: .endpoint(for: .connect))).live,
            Field("server_key", optional: \.serverKey, .serverKey).live,
            Field("events", \.events, .list(of: .choice)),
            Field("next_every", \.nextEvery, .cadence(combines: false)),
            Field("sentiment_every", \.sentimentEvery, .cadence(combines: true)),
            Field("slow_reader", \.slowReader, .choice).live,
            Field(
                "block_timeout", \.blockTimeout,
                ConfigurationCodec<Duration>.duration(.milliseconds(100)...oneDay).orNil("never"),
                applies: { $0.slowReader == .block }, context: "without slow_reader = \"block\""
            ).live,
            Field(
                "block_then", \.blockThen, .choice,
                applies: { $0.slowReader == .block && $0.kind == .xpub },
                context: "without type = \"xpub\" and slow_reader = \"block\""
            ).live,
            Field("reader_bytes", \.readerBytes, .integer(64 << 10...1 << 40)).live,
            Field(
                "reader_timeout", \.readerTimeout, .duration(.milliseconds(100)...oneDay),
                applies: { $0.slowReader == .disconnect },
                context: "without slow_reader = \"disconnect\""
            ).live,
            Field("socket", \.socket, SocketOptions.codec(Self.defaultSocket)),
        ]
    }
}

extension Configuration.EngineSection: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("threads", \.threads, .integer(1...1024), or: "auto"),
            Field("max_batch", \.maxBatch, .integer(1...4096)),
            Field("top", \.top, .integer(1...Kernels.maxTop)),
            Field("kernel_tier", \.kernelTier, .kernelTier, or: "best"),
            Field("input_table", \.inputTable, .flag),
            Field("input_table_bytes", \.inputTableBytes, .integer(0...1 << 40)),
            Field("max_streams", \.maxStreams, .integer(1...1_000_000_000)),
            Field("queue_bytes", \.queueBytes, .integer(1 << 10...1 << 40)),
            Field(
                "idle_flush", \.idleFlush,
                .duration(.milliseconds(1)...oneDay), or: "never"
            ).live,
            Field(
                "evict_after", \.evictAfter,
                .duration(.milliseconds(1)...oneYear), or: "never"
            ).live,
        ]
    }
}

extension Configuration.Journal: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("durability", \.durability, .choice),
            Field(
                "path", optional: \.path,
                .text(expecting: "the path of a file", allowsEmpty: false)),
            Field("commit_every", \.commitEvery, .duration(.zero...(.seconds(10)))),
            Field("checkpoint_every", \.checkpointEvery, .duration(.milliseconds(10)...oneDay)),
            Field("checkpoint_tokens", \.checkpointTokens, .integer(1...1 << 32)),
            Field("check", \.check, .choice),
            Field("max_age", \.maxAge, .duration(.seconds(1)...oneYear * 100), or: "forever"),
            Field(
                "max_bytes", \.maxBytes, .integer(1 << 20...1 << 50), or: "unlimited"),
        ]
    }
}

extension Configuration.Control: ConfigurationSection {
    static var fields: [Field] {
        [Field("bind", optional: \.bind, .list(of: .endpoint(for: .bind))).live]
    }
}

extension Configuration.HTTP: ConfigurationSection {
    static var fields: [Field] {
        let times = Duration.milliseconds(10)...(.seconds(3600))
        return [
            Field("bind", optional: \.bind, .list(of: .endpoint(for: .bind))),
            Field(
                "token_file", optional: \.tokenFile,
                .text(expecting: "the path of a file", allowsEmpty: false)
            ).live,
            Field("connections", \.limits.connections, .integer(1...4096)),
            Field("head_bytes", \.limits.headBytes, .integer(1 << 10...1 << 20)),
            Field("body_bytes", \.limits.bodyBytes, .integer(0...1 << 30)),
            Field("request_timeout", \.limits.requestTime, .duration(times)),
            Field("response_timeout", \.limits.responseTime, .duration(times)),
            Field("idle_timeout", \.limits.idleTime, .duration(times)),
        ]
    }
}

extension Configuration.Access: ConfigurationSection {
    static var fields: [Field] {
        let file = ConfigurationCodec.text(expecting: "the path of a file", allowsEmpty: false)
        return [
            Field("server_key", optional: \.serverKey, file),
            Field("keys", optional: \.keys, file).live,
            Field("allow_insecure", \.allowInsecure, .flag).live,
            Field("ipc_mode", \.ipcMode, .fileMode),
            Field(
                "ipc_group", optional: \.ipcGroup,
                .text(expecting: "the name of a group", allowsEmpty: false)),
        ]
    }
}

extension Configuration.Limits: ConfigurationSection {
    static var fields: [Field] {
        let bytes = 1 << 10...1 << 40
        return [
            Field("max_text_bytes", \.maxTextBytes, .integer(1...1 << 30)).live,
            Field("message_bytes", \.messageBytes, .integer(bytes), or: "auto").live,
            Field("peer_bytes", \.peerBytes, .integer(bytes)).live,
            Field("total_bytes", \.totalBytes, .integer(bytes), or: "auto").live,
            Field("reader_bytes", \.readerBytes, .integer(bytes)).live,
            Field("connections", \.connections, .integer(1...1 << 20)).live,
            Field("topic_bytes", \.topicBytes, .integer(1...1 << 16)).live,
            Field("subscriptions", \.subscriptions, .integer(1...1 << 30)).live,
            Field("total_subscriptions", \.totalSubscriptions, .integer(1...1 << 30)).live,
            Field("subscription_changes", \.subscriptionChanges, .integer(1...1 << 30)).live,
            Field("handshakes", \.handshakes, .limit(1...1 << 20)).live,
            Field("address_handshakes", \.addressHandshakes, .limit(1...1 << 20)).live,
            Field("half_open", \.halfOpen, .integer(1...1 << 20)).live,
            Field("address_half_open", \.addressHalfOpen, .integer(1...1 << 20)).live,
            Field(
                "idle_timeout", \.idleTimeout, .duration(.milliseconds(100)...oneDay), or: "never"
            ).live,
            Field("streams_in_use", \.streamsInUse, .limit(1...1 << 30)).live,
            Field("use_window", \.useWindow, .duration(.seconds(1)...oneYear)).live,
            Field("connection", \.connection, .table(RateSettings(), RateSettings.fields(\.self))),
            Field("key", \.key, KeyLimits.codec),
            Field("stream", \.streams, .list(of: StreamLimits.codec)).live,
        ]
    }
}

extension Configuration.Log: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("level", \.level, .choice).live,
            Field("format", \.format, .choice).live,
            Field("priority", \.priority, .choice).live,
            Field(
                "statistics_every", \.statisticsEvery,
                .duration(.seconds(1)...oneDay), or: "never"
            ).live,
        ]
    }
}

extension Configuration.Shutdown: ConfigurationSection {
    static var fields: [Field] { [Field("timeout", \.timeout, .duration(.zero...oneDay)).live] }
}

let oneDay = Duration.seconds(86_400)
let oneYear = oneDay * 366

extension ConfigurationCodec where Value == String {
    fileprivate static var topicPrefix: Self {
        .text(expecting: "the beginning of a stream id, or \"\" for all", allowsEmpty: true)
    }

    fileprivate static var path: Self {
        .text(expecting: "the path of a model's folder", allowsEmpty: false)
    }
}

extension ConfigurationCodec where Value == KernelTier {
    fileprivate static var kernelTier: Self {
        let names = KernelTier.available.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return Self(
            expecting: "one that this processor can run: \(names)",
            read: { value in
                guard case .text(let name) = value else { return nil }
                return try? KernelTier.selected(by: name)
            }, encode: { .text($0.rawValue) })
    }
}
