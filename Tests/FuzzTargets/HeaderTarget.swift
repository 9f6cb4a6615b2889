import StrictJSON
import Wire

/// The header of a message, and JSON itself: what is read is written so that it reads back equal.
enum HeaderTarget {
    static let target = FuzzTarget("header", seeds: seeds) { check }

    private static func check(_ bytes: [UInt8]) throws {
        try checkJSON(bytes)
        let number = RequestHeader.sequence(in: bytes)
        let header: RequestHeader
        do {
            header = try RequestHeader(json: bytes)
        } catch {
            try require(error.code == .header, "the code \(error.code)")
            try require(error.message.utf8.count < 2000, "a reason of \(error.message.utf8.count)")
            return
        }
        try requireEqual(header.sequence, number, "the number of an accepted header")
        try requireEqual(try RequestHeader(json: header.json), header, "read, written and read")
    }

    private static func checkJSON(_ bytes: [UInt8]) throws {
        guard let value = try? JSONParser.parse(bytes[...]) else { return }
        let written = Array(value.text.utf8)
        try requireEqual(try JSONParser.parse(written[...]), value, "JSON written and read")
    }

    private static func seeds() -> [[UInt8]] {
        [
            #"{"op":"text","more":false,"seq":17,"producer":"sensor 3","last":false,"time":1.5}"#,
            #"{"op":"end"}"#, #"{"op":"reset"}"#, #"{"op":"flush","seq":18446744073709551615}"#,
            #"{"seq":0,"last":true}"#, #" { "time" : -1e-5 } "#, #"{"more":true}"#, "{}",
            #"{"producer":"\u00e9\ud83d\ude00\n"}"#, #"[null,true,-0.5E+3,"\\",{"a":[]}]"#,
        ].map { Array($0.utf8) }
    }
}

extension JSONValue {
    /// The value as JSON.
    fileprivate var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let digits): digits
        case .string(let text): text.jsonLiteral
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { $0.key.jsonLiteral + ":" + $0.value.text }.joined(separator: ",")
                + "}"
        }
    }
}
