import Names

extension RequestHeader {
    /// The header of a numbered message, as a publisher sends it.
    package var json: [UInt8] {
        var json: [UInt8] = []
        json.appendJSON("{\"op\":", string: operation.rawValue)
        if let more { json.appendJSON(more ? ",\"more\":true" : ",\"more\":false") }
        if let sequence {
            json.appendJSON(",\"seq\":")
            json.appendJSON(sequence)
        }
        if !producer.isEmpty {
            json.appendJSON(",\"producer\":")
            json.appendJSON(string: producer.utf8)
        }
        if isLast { json.appendJSON(",\"last\":true") }
        if let time, time.isFinite {
            json.appendJSON(",\"time\":")
            json.append(contentsOf: time.description.utf8)
        }
        json.appendJSON("}")
        return json
    }
}
