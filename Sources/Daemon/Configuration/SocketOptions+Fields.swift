import StrictTOML
import ZeroMQ

/// The keys of `[input.socket]` and `[output.socket]`.
extension SocketOptions {
    static func codec(_ defaults: SocketOptions) -> ConfigurationCodec<SocketOptions> {
        .table(defaults, queueFields + connectionFields)
    }

    private typealias Field = ConfigurationField<SocketOptions>

    private static var queueFields: [Field] {
        [
            Field("send_high_water_mark", \.sendHighWaterMark, .integer(0...1 << 30)),
            Field("receive_high_water_mark", \.receiveHighWaterMark, .integer(0...1 << 30)),
            Field("linger", \.linger, .duration(.zero...oneDay)),
            Field(
                "max_message_size", \.maxMessageSize,
                .integer(1...1 << 40), or: "unlimited"),
        ]
    }

    private static var connectionFields: [Field] {
        [
            Field(
                "reconnect_interval", \.reconnectInterval,
                .duration(.milliseconds(1)...oneDay)),
            Field(
                "reconnect_interval_max", \.reconnectIntervalMax, .duration(.zero...oneDay)),
            Field(
                "handshake_interval", \.handshakeInterval,
                .duration(.milliseconds(1)...oneDay), or: "default"),
            Field(
                "tcp_keepalive", \.tcpKeepalive,
                TCPKeepalive.codec, enabled: TCPKeepalive()),
            Field(
                "heartbeat", \.heartbeat, Heartbeat.codec, enabled: Heartbeat()),
            Field("immediate", \.immediate, .flag),
            Field("ipv6", \.ipv6, .flag),
            Field("backlog", \.backlog, .integer(1...1 << 20), or: "default"),
        ]
    }
}

extension SocketOptions.TCPKeepalive: ConfigurationSection {
    static var fields: [Field] {
        [
            // The system counts these two in seconds, up to 32,767; with more, no connection
            // would succeed.
            Field("idle", \.idle, .duration(.seconds(1)...(.seconds(32_767)))),
            Field("interval", \.interval, .duration(.seconds(1)...(.seconds(32_767)))),
            Field("count", \.count, .integer(1...100)),
        ]
    }
}

extension SocketOptions.Heartbeat: ConfigurationSection {
    static var fields: [Field] {
        [
            Field("interval", \.interval, .duration(.milliseconds(1)...oneDay)),
            Field("timeout", \.timeout, .duration(.milliseconds(1)...oneDay)),
            // ZMTP has 16 bits for it, in steps of 100 ms.
            Field(
                "time_to_live", \.timeToLive,
                .duration(.milliseconds(100)...(.milliseconds(6_553_500))), or: "none"),
        ]
    }
}
