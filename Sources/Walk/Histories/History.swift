package import Engine
import Journal
package import Storage
import Wire

/// One life of a stream: what was asked of it, and what is kept of its states.
package protocol History {
    var life: StreamIncarnation { get }

    /// Where what is kept begins; nil if that is the life's own beginning.
    var beginning: StreamSnapshot? { get throws }

    /// In their order from `sequence` on; none behind the last.
    func requests(from sequence: UInt64, limit: Int) throws -> [RequestRecord]

    /// What came of a request when it was live; nil where that is not known.
    func outcome(of sequence: UInt64) throws -> OutcomeRecord?

}

/// Requests of a life that are read from the store at once.
let historyPage = 256

extension History {
    /// The text that was read of the message before this place, its last `count` bytes at most.
    func text(before sequence: UInt64, position: Int, count: Int) throws -> [UInt8] {
        var text = Array(try requests(from: sequence, limit: 1).first?.text.prefix(position) ?? [])
        var last = sequence
        while text.count < count, last > 0 {
            let first = last - min(last, 64)
            let page = try requests(from: first, limit: Int(last - first))
                .filter { $0.sequence < last }
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
    /// Whether the text after it is another message's.
    var endsText: Bool {
        switch operation {
        case .text: !more
        case .reset, .model, .put, .end: true
        case .flush, .evict, .resume, .refusal: false
        }
    }
}
