import Foundation
import Report
import Testing

/// A written report, parsed: its blocks by name.
struct WrittenPage {
    let html: String
    /// Sizes of the pieces that were written.
    let pieces: [Int]

    init(_ trace: SessionTrace) throws {
        var bytes: [UInt8] = []
        var pieces: [Int] = []
        try ReportWriter(trace).write { piece in
            bytes += piece
            pieces.append(piece.count)
        }
        html = try #require(String(validating: bytes, as: UTF8.self))
        self.pieces = pieces
    }

    func block(_ name: String) throws -> String {
        let start = "<script type=\"text/plain\" id=\"data.\(name)\">"
        let parts = html.components(separatedBy: start)
        try #require(parts.count == 2, "one block \(name)")
        return parts[1].components(separatedBy: "</script>")[0]
    }

    func values<Value: FixedWidthInteger>(_ name: String, as type: Value.Type) throws -> [Value] {
        let data = try #require(Data(base64Encoded: try block(name)))
        let size = MemoryLayout<Value>.size
        try #require(data.count % size == 0)
        return stride(from: 0, to: data.count, by: size).map { start in
            (0..<size).reversed().reduce(Value(0)) {
                (size == 1 ? 0 : $0 << 8) | Value(truncatingIfNeeded: data[start + $1])
            }
        }
    }

    var meta: [String: Any] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(try block("meta").utf8))
            return try #require(object as? [String: Any])
        }
    }

    func occurrences(of text: String) -> Int { html.components(separatedBy: text).count - 1 }
}
