/// An immutable trie over byte strings, each with a token.
///
/// Nodes are numbered breadth first, so the children of a node are adjacent and sorted.
struct ByteTrie: Equatable, Sendable {
    static let root = 0

    /// The children of node k are `firstChild[k]..<firstChild[k + 1]`: `[nodes + 1]`.
    private var firstChild: [Int32] = []

    /// The byte on the edge into each node: `[nodes]`.
    private var bytes: [UInt8] = [0]

    /// The token that ends at each node, or -1: `[nodes]`.
    private var tokens: [Int32] = []

    /// The length of the longest string, in bytes.
    let depth: Int

    init(_ entries: [(key: [UInt8], token: Int32)]) {
        let sorted = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        depth = sorted.map(\.key.count).max() ?? 0
        var pending = [(entries: sorted[...], depth: 0)]
        var node = 0
        while node < pending.count {
            var (rest, depth) = pending[node]
            tokens.append(-1)
            while let first = rest.first, first.key.count == depth {
                tokens[node] = first.token
                rest.removeFirst()
            }
            firstChild.append(Int32(pending.count))
            while let byte = rest.first?.key[depth] {
                let end = rest.firstIndex { $0.key[depth] != byte } ?? rest.endIndex
                pending.append((rest[..<end], depth + 1))
                bytes.append(byte)
                rest = rest[end...]
            }
            node += 1
        }
        firstChild.append(Int32(pending.count))
    }

    func token(at node: Int) -> Int32? {
        tokens[node] >= 0 ? tokens[node] : nil
    }

    func children(of node: Int) -> Range<Int> {
        Int(firstChild[node])..<Int(firstChild[node + 1])
    }

    /// The byte that leads into a node.
    func byte(into node: Int) -> UInt8 { bytes[node] }

    func child(of node: Int, _ byte: UInt8) -> Int? {
        var low = Int(firstChild[node])
        let end = Int(firstChild[node + 1])
        var high = end
        while low < high {
            let middle = (low + high) / 2
            if bytes[middle] < byte { low = middle + 1 } else { high = middle }
        }
        return low < end && bytes[low] == byte ? low : nil
    }

    /// The longest string that begins at `start` of a text, and the node that the rest of the text
    /// leads to, if it leads to one.
    func search(
        _ text: [UInt8], from start: Int
    ) -> (match: (token: Int32, textEnd: Int)?, node: Int?) {
        var (match, node) = ((token: Int32, textEnd: Int)?.none, Self.root)
        for index in start..<text.count {
            guard let next = child(of: node, text[index]) else { return (match, nil) }
            node = next
            if let token = token(at: node) { match = (token, index + 1) }
        }
        return (match, node)
    }

    /// The node that `bytes` lead to from `node`.
    func node(_ bytes: some Sequence<UInt8>, from node: Int = root) -> Int? {
        var node = node
        for byte in bytes {
            guard let next = child(of: node, byte) else { return nil }
            node = next
        }
        return node
    }
}
