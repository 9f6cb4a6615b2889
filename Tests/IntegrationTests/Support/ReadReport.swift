import Foundation
import Testing

/// A report as it was written: its blocks by their names.
struct ReadReport {
    private let html: String

    init(_ html: String) { self.html = html }

    init(path: String) throws {
        html = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    }

    private func block(_ name: String) throws -> String {
        let start = "<script type=\"text/plain\" id=\"data.\(name)\">"
        let parts = html.components(separatedBy: start)
        try #require(parts.count == 2, "one block \(name)")
        return parts[1].components(separatedBy: "</script>")[0]
    }

    func data(_ name: String) throws -> Data {
        try #require(Data(base64Encoded: try block(name)))
    }

    /// Little-endian words.
    func words(_ name: String) throws -> [UInt32] {
        let data = try data(name)
        return stride(from: 0, to: data.count, by: 4).map { start in
            (0..<4).reversed().reduce(0) { $0 << 8 | UInt32(data[start + $1]) }
        }
    }

    /// Nil for NaN.
    func floats(_ name: String) throws -> [Float?] {
        try words(name).map { Float(bitPattern: $0) }.map { $0.isNaN ? nil : $0 }
    }

    var meta: [String: Any] {
        get throws { try json(try block("meta")) }
    }

    var model: String {
        get throws {
            let model = try #require(try meta["model"] as? [String: Any])
            return String(try #require(model["fingerprint"] as? String).prefix(16))
        }
    }

    /// What the marks are and how many tokens stand before each.
    var marks: [String] {
        get throws {
            let marks = try #require(try meta["marks"] as? [[String: Any]])
            return marks.map { "\($0["kind"] ?? "") \($0["position"] ?? "")" }
        }
    }
}
