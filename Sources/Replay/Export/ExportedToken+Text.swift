import Engine
import Wire

// Tokens as text, one on a line.
//
// JSON: {"index":7,"epoch":0,"token":7,"offset":[30,36],"id":478,"text":" movie","surprisal":3.2,
//        "sentiment":0.4,"positive":0.7,"message":0,"request":0,"time":1764000000.25,
//        "top":[{"id":12,"text":".","p":0.31},…]}
// CSV:   index,epoch,token,start,end,id,text,bytes,surprisal,sentiment,positive,message,request,
//        time,top    (RFC 4180; `top` is the JSON array; `bytes` is hexadecimal, for a token that is
//        no UTF-8 of its own; what is not known is empty)

extension ExportedToken {
    package static let csvHeader =
        "index,epoch,token,start,end,id,text,bytes,surprisal,sentiment,positive,message,request,"
        + "time,top\r\n"

    package func appendJSONLine(to line: inout [UInt8]) {
        line.appendJSON("{\"index\":")
        line.appendJSON(index)
        line.append("epoch", epoch)
        line.append("token", token)
        line.appendJSON(",\"offset\":[")
        line.appendJSON(offset.lowerBound)
        line.appendJSON(",")
        line.appendJSON(offset.upperBound)
        line.appendJSON("],")
        line.append(id: prediction.id, prediction.text, prediction.bytes)
        line.append("surprisal", prediction.surprisal)
        line.append("sentiment", sentiment?.score)
        line.append("positive", sentiment?.positive)
        line.append("message", message)
        line.append("request", request)
        line.appendJSON(",\"time\":")
        line.append(contentsOf: time.description.utf8)
        line.appendJSON(",\"top\":")
        appendTop(to: &line)
        line.appendJSON("}\n")
    }

    package func appendCSVRow(to row: inout [UInt8]) {
        var top: [UInt8] = []
        appendTop(to: &top)
        let cells: [[UInt8]] = [
            Array("\(index)".utf8), Array("\(epoch)".utf8), Array("\(token)".utf8),
            Array("\(offset.lowerBound)".utf8), Array("\(offset.upperBound)".utf8),
            Array("\(prediction.id)".utf8), Array(prediction.text.utf8),
            prediction.bytes.map(Self.hexadecimal) ?? [], Self.cell(prediction.surprisal),
            Self.cell(sentiment?.score), Self.cell(sentiment?.positive),
            Array("\(message)".utf8), Array("\(request)".utf8), Array("\(time)".utf8), top,
        ]
        for (index, cell) in cells.enumerated() {
            if index > 0 { row.append(UInt8(ascii: ",")) }
            row.appendCSV(cell)
        }
        row.append(contentsOf: "\r\n".utf8)
    }

    private func appendTop(to json: inout [UInt8]) {
        json.appendJSON("[")
        for (index, candidate) in prediction.top.enumerated() {
            json.appendJSON(index == 0 ? "{" : ",{")
            json.append(id: candidate.id, candidate.text, candidate.bytes)
            json.append("p", candidate.probability)
            json.appendJSON("}")
        }
        json.appendJSON("]")
    }

    private static func cell(_ number: Float?) -> [UInt8] {
        number.map { Array($0.description.utf8) } ?? []
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        for byte in bytes { text.appendHexadecimal(byte) }
        return text
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ key: String, _ number: UInt64) {
        append(contentsOf: ",\"\(key)\":\(number)".utf8)
    }

    /// null for what is not known.
    fileprivate mutating func append(_ key: String, _ number: Float?) {
        append(contentsOf: ",\"\(key)\":".utf8)
        appendJSON(number ?? .nan)
    }

    fileprivate mutating func append(id: Int32, _ text: String, _ bytes: [UInt8]?) {
        append(contentsOf: "\"id\":\(id),\"text\":".utf8)
        appendJSON(string: text.utf8)
        guard let bytes else { return }
        appendJSON(",\"bytes\":\"")
        for byte in bytes { appendHexadecimal(byte) }
        appendJSON("\"")
    }

    /// In quotes where it has what CSV takes for its own.
    fileprivate mutating func appendCSV(_ cell: [UInt8]) {
        let special = [UInt8](",\"\r\n".utf8)
        guard cell.contains(where: special.contains) else { return append(contentsOf: cell) }
        append(UInt8(ascii: "\""))
        for byte in cell {
            append(byte)
            if byte == UInt8(ascii: "\"") { append(byte) }
        }
        append(UInt8(ascii: "\""))
    }
}
