import Testing
import Wire
import ZeroMQ

/// Asks one thing after the other.
struct Asker: ~Copyable {
    private let socket: Socket
    private var lastID: UInt64 = 0

    init(socket: consuming Socket) { self.socket = socket }

    private mutating func reply(
        _ operation: ControlRequest.Operation, _ payload: [UInt8]?
    ) throws -> ControlReply {
        lastID += 1
        let request = ControlRequest(operation, id: lastID)
        #expect(try socket.send([request.json] + (payload.map { [$0] } ?? [])) == .sent)
        let reply = try ControlReply(
            // As many events as an answer may have.
            frames: socket.receiveFrames(atMost: 1 + 3 * ControlBackfill.limits.upperBound))
        #expect(reply.id == lastID)
        return reply
    }

    mutating func ask<Value: Decodable>(
        _ operation: ControlRequest.Operation, payload: [UInt8]? = nil, _ type: Value.Type
    ) throws -> Value {
        try reply(operation, payload).result(as: type)
    }

    mutating func askWithPayload<Value: Decodable>(
        _ operation: ControlRequest.Operation, _ type: Value.Type
    ) throws -> (Value, [UInt8]?) {
        let (value, frames) = try askWithFrames(operation, type)
        return (value, frames.first)
    }

    mutating func askWithFrames<Value: Decodable>(
        _ operation: ControlRequest.Operation, _ type: Value.Type
    ) throws -> (Value, [[UInt8]]) {
        let reply = try reply(operation, nil)
        return (try reply.result(as: type), reply.payload)
    }

    mutating func refusal(
        _ operation: ControlRequest.Operation, payload: [UInt8]? = nil
    ) throws -> ControlRefusal {
        let outcome = try reply(operation, payload).outcome
        return try #require(throws: ControlRefusal.self) { try outcome.get() }
    }
}
