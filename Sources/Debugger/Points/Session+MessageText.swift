import Replay
import Storage
import Wire

extension Session {
    /// At most the last `count` bytes of the message's text before this place.
    func messageText(before sequence: UInt64, position: Int, count: Int) throws -> [UInt8] {
        let records = { [store] (first: UInt64, limit: Int) in
            try store.reader.requests(of: key, from: first, limit: limit)
        }
        var text = Array(try records(sequence, 1).first?.text.prefix(position) ?? [])
        var last = sequence
        while text.count < count, last > 0 {
            let first = last - min(last, 64)
            let page = try records(first, Int(last - first)).filter { $0.sequence < last }
            for request in page.reversed() {
                guard !request.endsText else { return text.suffix(count) }
                if request.operation == .text { text = request.text + text }
            }
            last = first
        }
        return text.suffix(count)
    }
}

extension RequestRecord {
    /// Whether the text after this request belongs to another message.
    var endsText: Bool {
        switch operation {
        case .text: !more
        case .reset, .model, .put, .end: true
        case .flush, .evict, .resume, .refusal: false
        }
    }
}
