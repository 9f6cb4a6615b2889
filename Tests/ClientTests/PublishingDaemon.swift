import Client
import Foundation
import Synchronization
import Testing
import Wire
import ZeroMQ

/// A daemon's output and control socket, as a subscriber sees them. What has been published is a table;
/// the test says which of it is sent.
final class PublishingDaemon: Sendable {
    /// One incarnation of the stream `s`: the bodies of its `next` events.
    struct Life {
        var bodies: [String]
        /// The first one that is kept.
        var first = 0
        var ended = false
    }

    struct Contents {
        var lives: [Life]
        /// What is answered to requests for events.
        var refusal: ControlRefusal?
    }

    let control: Endpoint
    private let contents: Mutex<Contents>
    private let isOver = Atomic<Bool>(false)
    private let ended = DispatchSemaphore(value: 0)

    init(_ lives: [Life]) throws {
        contents = Mutex(Contents(lives: lives))
        control = try Endpoint("ipc:///tmp/sluice-test-\(UUID().uuidString)")
        let isBound = DispatchSemaphore(value: 0)
        // A socket lives on the thread that opened it.
        Thread.detachNewThread { [self] in
            let socket = try? Served(control)
            isBound.signal()
            while !isOver.load(ordering: .relaxed) { socket?.answer(answer) }
            ended.signal()
        }
        isBound.wait()
    }

    func change(_ body: (inout Contents) -> Void) { contents.withLock { body(&$0) } }

    func stop() {
        isOver.store(true, ordering: .relaxed)
        ended.wait()
    }

    /// The socket, on the thread that answers.
    private final class Served {
        private let socket: Socket
        private var message = Multipart(frameLimit: 2)

        init(_ endpoint: Endpoint) throws {
            var options = SocketOptions()
            options.linger = .zero
            socket = try Socket(.router, in: Context(), options: options)
            try socket.bind(endpoint)
            try socket.setReceiveTimeout(.milliseconds(10))
        }

        func answer(_ body: (ControlRequest.Operation) -> ControlReply) {
            guard (try? socket.receive(into: &message)) == true else { return }
            guard let request = try? ControlRequest(json: message.copyFrame(1)) else { return }
            var reply = body(request.operation)
            reply.id = request.id
            _ = try? socket.send([message.copyFrame(0)] + reply.frames)
        }
    }

    // MARK: Answers

    private func answer(_ operation: ControlRequest.Operation) -> ControlReply {
        contents.withLock { contents in
            do {
                switch operation {
                case .list: return try Self.list(contents)
                case .position(let place): return try Self.position(place, contents)
                case .backfill(let backfill): return try Self.events(backfill, contents)
                default: throw ControlRefusal(ControlRefusal.Code.request, "not expected here")
                }
            } catch let refusal as ControlRefusal {
                return ControlReply(id: nil, .failure(refusal))
            } catch {
                return ControlReply(id: nil, .failure(.init("store", "\(error)")))
            }
        }
    }

    private static func list(_ contents: Contents) throws -> ControlReply {
        let json = contents.lives.isEmpty ? "[]" : #"[{"stream":"s","last_input":9e9}]"#
        return ControlReply(id: nil, .success(Array(#"{"streams":\#(json),"next":null}"#.utf8)))
    }

    private static func life(
        _ place: ControlPosition, _ contents: Contents
    ) throws -> (number: Int, Life) {
        let number = place.incarnation.map(Int.init) ?? contents.lives.count - 1
        guard place.stream.text == "s", number >= 0 else {
            throw ControlRefusal(Refusal.Code.noSuchStream.rawValue, "no stream")
        }
        guard number < contents.lives.count else {
            throw ControlRefusal(ControlRefusal.Code.noSuchLife, "no life")
        }
        return (number, contents.lives[number])
    }

    private static func position(
        _ place: ControlPosition, _ contents: Contents
    ) throws -> ControlReply {
        let (number, life) = try life(place, contents)
        let position = PublishedPosition(
            stream: "s", incarnation: UInt64(number), began: number == 0 ? 1 : 9e9,
            ended: life.ended ? 2 : nil, epoch: 0, next: [.next: UInt64(life.bodies.count)],
            first: [.next: UInt64(life.first)])
        return ControlReply(id: nil, .success(try position.controlJSON()))
    }

    private static func events(
        _ backfill: ControlBackfill, _ contents: Contents
    ) throws -> ControlReply {
        let (number, life) = try life(backfill.place, contents)
        if let refusal = contents.refusal { throw refusal }
        let end = UInt64(life.bodies.count)
        guard let range = backfill.ranges[.next] else { throw ControlRefusal("request", "none") }
        guard range.lowerBound >= life.first else {
            throw ControlRefusal(ControlRefusal.Code.notKept, "first is \(life.first)")
        }
        guard range.lowerBound <= end else {
            throw ControlRefusal(ControlRefusal.Code.notPublished, "next is \(end)")
        }
        // Pages of two.
        let numbers = range.clamped(to: range.lowerBound..<min(end, range.lowerBound + 2))
        let last = min(end, range.upperBound)
        let rest: [EventKind: Range<UInt64>] =
            numbers.upperBound < last ? [.next: numbers.upperBound..<last] : [:]
        let report = BackfillReport(
            stream: "s", incarnation: UInt64(number), events: numbers.count, rest: rest,
            pending: false)
        let frames = numbers.flatMap { number in
            [
                Array("next/s".utf8), Array(life.bodies[Int(number)].utf8),
                (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) },
            ]
        }
        return ControlReply(id: nil, .success(try report.controlJSON()), payload: frames)
    }
}
