import Engine

/// The latest points, and states to continue from. They make steps backwards fast.
struct PointCache {
    /// A state directly after a token and before any later event.
    struct Resting {
        let position: UInt64
        let snapshot: StreamSnapshot
    }

    private var points: [UInt64: SessionPoint] = [:]
    /// Positions in the order of insertion.
    private var order: [UInt64] = []
    private var oldest = 0
    private let capacity: Int

    private var resting: [Resting] = []
    private var oldestResting = 0
    private static let restingCapacity = 64
    /// The minimum number of tokens between two states.
    private static let restingDistance: UInt64 = 16

    /// - Parameter valueCount: the number of floats of a state. A point has at most two states.
    init(valueCount: Int) {
        let bytes = 2 * valueCount * MemoryLayout<Float>.stride + 1024
        capacity = min(1024, max(128, (64 << 20) / bytes))
    }

    subscript(position: UInt64) -> SessionPoint? { points[position] }

    mutating func insert(_ point: SessionPoint) {
        guard points.updateValue(point, forKey: point.position) == nil else { return }
        guard order.count == capacity else { return order.append(point.position) }
        points[order[oldest]] = nil
        order[oldest] = point.position
        oldest = (oldest + 1) % capacity
    }

    // MARK: States

    func wantsResting(at position: UInt64) -> Bool {
        !resting.contains {
            max($0.position, position) - min($0.position, position) < Self.restingDistance
        }
    }

    mutating func insert(_ state: Resting) {
        guard resting.count == Self.restingCapacity else { return resting.append(state) }
        resting[oldestResting] = state
        oldestResting = (oldestResting + 1) % Self.restingCapacity
    }

    /// The last state before this position.
    func resting(before position: UInt64) -> Resting? {
        resting.lazy.filter { $0.position < position }.max { $0.position < $1.position }
    }
}
