import Foundation
import Testing

@testable import ZeroMQ

/// A free port of the loopback interface.
func loopback() throws -> Endpoint { try Endpoint("tcp://127.0.0.1:*") }

func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// A failing test ends within this time instead of hanging.
let patience = Duration.seconds(20)

extension SocketOptions {
    /// For tests: bounded waits, and queues of `highWaterMark` messages.
    static func test(highWaterMark: Int = 1000) -> SocketOptions {
        var options = SocketOptions()
        options.sendHighWaterMark = highWaterMark
        options.receiveHighWaterMark = highWaterMark
        options.sendTimeout = patience
        options.receiveTimeout = patience
        options.linger = .zero
        return options
    }
}

extension Socket {
    /// The next message's frames; fails the test if none comes.
    func receiveFrames(
        frameLimit: Int = 8, sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> [[UInt8]] {
        var message = Multipart(frameLimit: frameLimit)
        try #require(try receive(into: &message), "no message", sourceLocation: sourceLocation)
        return message.copyFrames()
    }
}

/// A thread of its own, joined for its result.
final class Worker<Value: Sendable>: Sendable {
    // Written before `done` is signalled, read after it was waited for.
    nonisolated(unsafe) private var result: Result<Value, any Error>?
    nonisolated(unsafe) private var threadFolder = ""
    private let started = DispatchSemaphore(value: 0)
    private let done = DispatchSemaphore(value: 0)

    init(_ body: @escaping @Sendable () throws -> Value) {
        Thread.detachNewThread { [self] in
            unsafe threadFolder =
                (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/thread-self"))
                ?? ""
            started.signal()
            unsafe result = Result { try body() }
            done.signal()
        }
        started.wait()
    }

    func join() throws -> Value {
        done.wait()
        return try #require(unsafe result).get()
    }

    /// Returns once the thread waits in the kernel.
    func waitUntilBlocked() throws {
        while true {
            let status = try String(
                contentsOfFile: "/proc/" + (unsafe threadFolder) + "/stat", encoding: .utf8)
            let afterName = status[status.lastIndex(of: ")")!...]
            if afterName.hasPrefix(") S") { return }
            sched_yield()
        }
    }
}
