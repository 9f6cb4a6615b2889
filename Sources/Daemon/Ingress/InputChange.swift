import ZeroMQ

/// New settings of an input, on the way to the thread of its socket.
struct InputChange: Sendable {
    let index: Int
    let input: Configuration.Input
    let socket: SocketChange
    /// Receives what fails after all.
    let failed: @Sendable (ZeroMQError) -> Void

    func attempt(_ body: () throws(ZeroMQError) -> Void) {
        do throws(ZeroMQError) { try body() } catch { failed(error) }
    }
}

extension Configuration.Input {
    func places(_ index: Int) -> SocketPlaces {
        SocketPlaces(
            key: "input[\(index)]", bind: bind, connect: connect, serverKey: serverKey)
    }
}
