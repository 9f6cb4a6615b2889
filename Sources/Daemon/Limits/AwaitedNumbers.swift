import Names
import Wire

/// Numbers of producers that were refused for a time, and are to be sent again.
///
/// The engine takes a number that is not above the last one for a duplicate. So as long as a refused
/// number is awaited, later ones of its producer must not be accepted, or it would be lost.
struct AwaitedNumbers: Sendable {
    /// Who sends them. Each has a table of its own, so that none can fill another's.
    enum Sender: Hashable, Sendable {
        case key(String)
        case connection(UInt64)
        /// An input that connects to its peers.
        case input(Int)
    }

    struct Producer: Hashable, Sendable {
        let stream: StreamID
        let name: Name
    }

    struct Awaited: Sendable {
        fileprivate(set) var number: UInt64
        /// When it may be sent.
        fileprivate(set) var due: Int64
    }

    private struct Table {
        /// By a seeded hash of 64 bits of the producer.
        var numbers: [Int: Awaited] = [:]
        var lastUse: Int64 = 0

        mutating func note(_ number: UInt64, _ producer: Int, due: Int64, now: Int64) {
            lastUse = now
            if numbers[producer] == nil, numbers.count >= AwaitedNumbers.mostProducers {
                let latest = numbers.sorted { $0.value.due > $1.value.due }
                let kept = latest.prefix(AwaitedNumbers.mostProducers / 2)
                numbers = Dictionary(uniqueKeysWithValues: kept.map { ($0.key, $0.value) })
            }
            let first = min(number, numbers[producer]?.number ?? number)
            numbers[producer] = Awaited(number: first, due: due)
        }
    }

    private var tables: [Sender: Table] = [:]

    /// Of one sender. The half that is due first is no longer awaited then.
    static let mostProducers = 4096
    /// The one that has been without a refusal for longest is forgotten then.
    static let mostSenders = 256

    var isEmpty: Bool { tables.isEmpty }

    /// The number that a producer is to send before all later ones.
    func awaited(_ producer: Producer, of sender: Sender) -> Awaited? {
        tables.isEmpty ? nil : tables[sender]?.numbers[producer.hashValue]
    }

    /// A number was refused.
    ///
    /// - Parameter due: when it may be sent again.
    mutating func note(
        _ number: UInt64, _ producer: Producer, of sender: Sender, due: Int64, now: Int64
    ) {
        if tables[sender] == nil, tables.count >= Self.mostSenders { forgetSender() }
        var table = tables[sender] ?? Table()
        tables[sender] = nil
        table.note(number, producer.hashValue, due: due, now: now)
        tables[sender] = table
    }

    /// A number was accepted.
    mutating func end(_ number: UInt64, _ producer: Producer, of sender: Sender) {
        guard !tables.isEmpty, tables[sender]?.numbers[producer.hashValue]?.number == number else {
            return
        }
        tables[sender]?.numbers[producer.hashValue] = nil
        if tables[sender]?.numbers.isEmpty == true { tables[sender] = nil }
    }

    private mutating func forgetSender() {
        guard let first = tables.min(by: { $0.value.lastUse < $1.value.lastUse }) else { return }
        tables[first.key] = nil
    }
}
