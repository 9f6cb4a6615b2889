import CZeroMQ
import Curve
import Glibc

extension Socket {
    /// Changes how long a send may wait; nil for any time.
    package func setSendTimeout(_ timeout: Duration?) throws(ZeroMQError) {
        try handle.setTimeout(ZMQ_SNDTIMEO, "ZMQ_SNDTIMEO", timeout)
    }

    /// Changes how long a receive may wait; nil for any time.
    package func setReceiveTimeout(_ timeout: Duration?) throws(ZeroMQError) {
        try handle.setTimeout(ZMQ_RCVTIMEO, "ZMQ_RCVTIMEO", timeout)
    }
}

extension SocketHandle {
    func apply(_ options: SocketOptions) throws(ZeroMQError) {
        try refuseOldProtocols()
        try applyQueues(options)
        try applyConnections(options)
        try applyKeepalive(options.tcpKeepalive)
        try applyHeartbeat(options.heartbeat)
        try applyPattern(options)
    }

    /// Peers of ZMTP 1.0 and 2.0 are refused. Those of 1.0 have no greeting, so that libzmq would read
    /// any bytes as frames: what a browser posts, for one.
    ///
    /// libzmq refuses them where the socket has a ZAP domain (zmtp_engine.cpp, `handshake_v1_0`);
    /// without a ZAP handler, that changes nothing for peers of ZMTP 3 (null_mechanism.cpp).
    private func refuseOldProtocols() throws(ZeroMQError) {
        try check(setBytes(ZMQ_ZAP_DOMAIN, "sluice".utf8), .setOption("ZMQ_ZAP_DOMAIN"))
    }

    private func applyQueues(_ options: SocketOptions) throws(ZeroMQError) {
        try set(ZMQ_SNDHWM, "ZMQ_SNDHWM", options.sendHighWaterMark)
        try set(ZMQ_RCVHWM, "ZMQ_RCVHWM", options.receiveHighWaterMark)
        try set(ZMQ_LINGER, "ZMQ_LINGER", options.linger.optionMilliseconds)
        try setTimeout(ZMQ_SNDTIMEO, "ZMQ_SNDTIMEO", options.sendTimeout)
        try setTimeout(ZMQ_RCVTIMEO, "ZMQ_RCVTIMEO", options.receiveTimeout)
        if let size = options.maxMessageSize {
            try setValue(ZMQ_MAXMSGSIZE, "ZMQ_MAXMSGSIZE", size)
        }
    }

    private func applyConnections(_ options: SocketOptions) throws(ZeroMQError) {
        try set(
            ZMQ_RECONNECT_IVL, "ZMQ_RECONNECT_IVL",
            options.reconnects ? options.reconnectInterval.milliseconds : -1)
        try set(
            ZMQ_RECONNECT_IVL_MAX, "ZMQ_RECONNECT_IVL_MAX",
            options.reconnectIntervalMax.milliseconds)
        if let interval = options.handshakeInterval {
            try set(ZMQ_HANDSHAKE_IVL, "ZMQ_HANDSHAKE_IVL", interval.milliseconds)
        }
        try set(ZMQ_IMMEDIATE, "ZMQ_IMMEDIATE", options.immediate ? 1 : 0)
        try setIPv6(options.ipv6)
        if let backlog = options.backlog { try set(ZMQ_BACKLOG, "ZMQ_BACKLOG", backlog) }
    }

    private func applyKeepalive(_ keepalive: SocketOptions.TCPKeepalive?) throws(ZeroMQError) {
        guard let keepalive else { return }
        try set(ZMQ_TCP_KEEPALIVE, "ZMQ_TCP_KEEPALIVE", 1)
        // These two are in seconds.
        try set(
            ZMQ_TCP_KEEPALIVE_IDLE, "ZMQ_TCP_KEEPALIVE_IDLE", keepalive.idle.milliseconds / 1000)
        try set(
            ZMQ_TCP_KEEPALIVE_INTVL, "ZMQ_TCP_KEEPALIVE_INTVL",
            keepalive.interval.milliseconds / 1000)
        try set(ZMQ_TCP_KEEPALIVE_CNT, "ZMQ_TCP_KEEPALIVE_CNT", keepalive.count)
    }

    private func applyHeartbeat(_ heartbeat: SocketOptions.Heartbeat?) throws(ZeroMQError) {
        guard let heartbeat else { return }
        try set(ZMQ_HEARTBEAT_IVL, "ZMQ_HEARTBEAT_IVL", heartbeat.interval.milliseconds)
        try set(ZMQ_HEARTBEAT_TIMEOUT, "ZMQ_HEARTBEAT_TIMEOUT", heartbeat.timeout.milliseconds)
        if let timeToLive = heartbeat.timeToLive {
            try set(ZMQ_HEARTBEAT_TTL, "ZMQ_HEARTBEAT_TTL", timeToLive.milliseconds)
        }
    }

    private func applyPattern(_ options: SocketOptions) throws(ZeroMQError) {
        if kind.isPublisher { try setNoDrop(options.noDrop) }
        if kind == .xpub {
            try set(ZMQ_XPUB_VERBOSE, "ZMQ_XPUB_VERBOSE", options.xpubVerbose ? 1 : 0)
        }
        if kind == .router {
            try set(
                ZMQ_ROUTER_MANDATORY, "ZMQ_ROUTER_MANDATORY", options.routerMandatory ? 1 : 0)
            try set(ZMQ_ROUTER_HANDOVER, "ZMQ_ROUTER_HANDOVER", options.routerHandover ? 1 : 0)
        }
        if let id = options.routingID {
            try check(setBytes(ZMQ_ROUTING_ID, id), .setOption("ZMQ_ROUTING_ID"))
        }
    }

    /// Runs `attach`, with IPv6 on if the endpoint needs it. libzmq copies the option when it binds
    /// or connects, so the socket's other endpoints keep what was configured.
    func attaching(
        needsIPv6: Bool, _ attach: () throws(ZeroMQError) -> Void
    ) throws(ZeroMQError) {
        guard needsIPv6, !isIPv6 else { return try attach() }
        try setIPv6(true)
        defer { try? setIPv6(false) }
        try attach()
    }

    private func setIPv6(_ on: Bool) throws(ZeroMQError) {
        try set(ZMQ_IPV6, "ZMQ_IPV6", on ? 1 : 0)
    }

    /// For UNIX sockets: any other process is turned away (SO_PEERCRED).
    func acceptOwnProcessOnly() throws(ZeroMQError) {
        try set(ZMQ_IPC_FILTER_PID, "ZMQ_IPC_FILTER_PID", Int(getpid()))
        try set(ZMQ_BACKLOG, "ZMQ_BACKLOG", 1024)
    }

    /// Runs `attach`, with encryption by these keys. libzmq copies the options when it connects, so
    /// the socket's other endpoints stay as they are.
    func encrypting(
        by client: SocketOptions.CurveClient?, _ attach: () throws(ZeroMQError) -> Void
    ) throws(ZeroMQError) {
        guard let client else { return try attach() }
        try applyCurve(client)
        // Chooses the mechanism NULL again (options.cpp).
        defer { try? set(ZMQ_CURVE_SERVER, "ZMQ_CURVE_SERVER", 0) }
        try attach()
    }

    private func applyCurve(_ client: SocketOptions.CurveClient) throws(ZeroMQError) {
        let serverKey = client.serverKey.bytes
        try check(setBytes(ZMQ_CURVE_SERVERKEY, serverKey), .setOption("ZMQ_CURVE_SERVERKEY"))
        try check(
            setBytes(ZMQ_CURVE_PUBLICKEY, client.pair.publicKey.bytes),
            .setOption("ZMQ_CURVE_PUBLICKEY"))
        let status = client.pair.secretKey.withBytes { setBytes(ZMQ_CURVE_SECRETKEY, $0) }
        try check(status, .setOption("ZMQ_CURVE_SECRETKEY"))
    }

    func setNoDrop(_ on: Bool) throws(ZeroMQError) {
        try set(ZMQ_XPUB_NODROP, "ZMQ_XPUB_NODROP", on ? 1 : 0)
    }

    func setTimeout(
        _ option: Int32, _ name: String, _ timeout: Duration?
    ) throws(ZeroMQError) {
        try set(option, name, timeout?.optionMilliseconds ?? -1)
    }

    private func set(_ option: Int32, _ name: String, _ value: Int) throws(ZeroMQError) {
        guard let value = Int32(exactly: value) else {
            throw ZeroMQError(.setOption(name), code: .invalidArgument)
        }
        try setValue(option, name, value)
    }

    private func setValue(
        _ option: Int32, _ name: String, _ value: some FixedWidthInteger
    ) throws(ZeroMQError) {
        let status = unsafe withUnsafeBytes(of: value) { bytes in
            unsafe zmq_setsockopt(pointer, option, bytes.baseAddress, bytes.count)
        }
        try check(status, .setOption(name))
    }

    func setBytes(_ option: Int32, _ value: some Collection<UInt8>) -> Int32 {
        unsafe Array(value).withUnsafeBytes { bytes in
            unsafe zmq_setsockopt(pointer, option, bytes.baseAddress, bytes.count)
        }
    }
}
