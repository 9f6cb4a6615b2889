import Foundation
import TestSupport
import Testing

/// Asks a process over HTTP.
struct Scraper {
    /// `tcp://127.0.0.1:PORT`.
    let endpoint: String

    /// The endpoint that the daemon's log names.
    init(_ daemon: ServedDaemon) throws {
        let line = try #require(
            daemon.process.errorsSoFar.split(separator: "\n").first { $0.hasSuffix("] serving") })
        let field = try #require(line.split(separator: " ").first { $0.hasPrefix("http=") })
        endpoint = String(field.dropFirst("http=".count))
    }

    init(port: Int) { endpoint = "tcp://127.0.0.1:\(port)" }

    struct Answer {
        let status: Int
        let body: String
    }

    func get(_ path: String, method: String = "GET", token: String? = nil) throws -> Answer {
        let peer = try RawPeer(endpoint)
        let authorization = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
        peer.send(
            Array(
                "\(method) \(path) HTTP/1.0\r\nHost: localhost\r\n\(authorization)\r\n".utf8))
        let text = String(decoding: peer.receive(16 << 20), as: UTF8.self)
        let status = try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        let end = try #require(text.range(of: "\r\n\r\n"))
        return Answer(status: status, body: String(text[end.upperBound...]))
    }

    /// Asks until the answer is as wanted.
    func wait(for path: String, until isThere: (Answer) -> Bool) throws -> Answer {
        let deadline = ContinuousClock.now + patience
        while true {
            if let answer = try? get(path), isThere(answer) { return answer }
            try #require(ContinuousClock.now < deadline, "\(path)")
            // There is no event to wait for.
            usleep(10_000)
        }
    }
}

/// A metric as a scrape has it.
struct ScrapedMetric: Hashable {
    let name: String
    let type: String
    let help: String

    /// Those of a text in Prometheus's format, in its order.
    static func all(in text: String) -> [ScrapedMetric] {
        let lines = text.split(separator: "\n")
        return lines.indices.dropLast().compactMap { index in
            let help = lines[index].split(separator: " ", maxSplits: 3).map(String.init)
            let type = lines[index + 1].split(separator: " ").map(String.init)
            guard help.prefix(2) == ["#", "HELP"], type.count == 4 else { return nil }
            return ScrapedMetric(name: help[2], type: type[3], help: help[3])
        }
    }
}
