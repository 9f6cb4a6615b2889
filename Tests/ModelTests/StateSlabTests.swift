import Foundation
import Kernels
import Testing

@testable import Model

@Suite struct StateSlabTests {
    @Test(arguments: [(1, 5, false), (3, 16, true), (2, 33, true), (8, 20, false)])
    func layoutGivesEachVectorItsOwnPlace(layers: Int, hidden: Int, hasCell: Bool) {
        let layout = StateLayout(layers: layers, hiddenSize: hidden, hasCell: hasCell)
        var offsets: [Int] = []
        for layer in 0..<layers {
            for kind in layout.kinds { offsets.append(layout.offset(layer: layer, kind: kind)) }
        }
        let size = layout.paddedHiddenSize
        #expect(offsets == Array(stride(from: 0, to: layout.floatsPerStream, by: size)))
        #expect(size >= hidden && size < hidden + 16 && size.isMultiple(of: 16))
        #expect(layout.valueCount == offsets.count * hidden)
        #expect(layout.names.count == offsets.count)
        #expect(layout.names.first == "h0" && layout.names.last?.last == String(layers - 1).last)
    }

    @Test func slotsAreApart() throws {
        let layout = StateLayout(layers: 2, hiddenSize: 20, hasCell: true)
        var states = try StateSlab(layout: layout, capacity: 5)
        for slot in 0..<Int32(5) {
            #expect(states.values(slot: slot).allSatisfy { $0 == 0 })
            let values = (0..<layout.valueCount).map { Float($0) + Float(slot) * 1000 }
            states.setValues(values, slot: slot)
        }
        states.zero(slot: 2)
        states.copy(from: 4, to: 0)
        for slot in [Int32(1), 3, 4] {
            #expect(states.values(slot: slot)[79] == 79 + Float(slot) * 1000)
        }
        #expect(states.values(slot: 2) == [Float](repeating: 0, count: 80))
        #expect(states.values(slot: 0) == states.values(slot: 4))
    }

    /// Pages without used slots are returned to the system; adjacent slots keep their contents.
    @Test(arguments: [16, 500, 1024, 1500])
    func releasedSlotsGiveTheirMemoryBack(hidden: Int) throws {
        let layout = StateLayout(layers: 1, hiddenSize: hidden, hasCell: true)
        let count = Int32(max(64, (64 << 20) / layout.bytesPerStream))
        var states = try StateSlab(layout: layout, capacity: Int(count))
        for slot in 0..<count {
            states.use(slot: slot)
            states.setValues(
                [Float](repeating: Float(slot), count: layout.valueCount), slot: slot)
        }
        let full = try residentBytes()
        let isKept = { (slot: Int32) in slot % 100 == 7 }
        for slot in 0..<count where !isKept(slot) { states.release(slot: slot) }
        for slot in 0..<count where isKept(slot) {
            #expect(states.values(slot: slot).allSatisfy { $0 == Float(slot) })
        }
        #expect(try residentBytes() < full - (32 << 20))
        for slot in 0..<count where !isKept(slot) {
            states.use(slot: slot)
            states.zero(slot: slot)
        }
        #expect(states.values(slot: 8) == [Float](repeating: 0, count: layout.valueCount))
        #expect(states.values(slot: 7).allSatisfy { $0 == 7 })
    }

    private func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return try #require(Int(text.split(separator: " ")[1])) * 4096
    }

    @Test func refusesWhatCannotBeReserved() {
        let layout = StateLayout(layers: 8, hiddenSize: 16_384, hasCell: true)
        for capacity in [Int.max, 1 << 40, 0] {
            let error = #expect(throws: ModelError.self) {
                _ = try StateSlab(layout: layout, capacity: capacity)
            }
            #expect(error?.code == .outOfMemory)
        }
    }

    /// A state that is copied to another slot continues with the same bits.
    @Test func goesOnAfterATransfer() throws {
        let config = ModelConfig(
            cell: .lstm, layers: 2, embeddingSize: 20, hiddenSize: 21, vocabularySize: 30)
        let network = try Network.random(config: config)
        let runner = NetworkRunner(network: network, kernels: try Kernels(), maxBatch: 1)
        var states = try StateSlab(layout: network.stateLayout, capacity: 2)
        // A stream that is not finite leaves NaN, also in the padding.
        states.setValues([Float](repeating: .nan, count: network.stateLayout.valueCount), slot: 1)
        runner.advance(tokens: [0], slots: [1], states: &states)
        for token in 0..<Int32(5) {
            runner.advance(tokens: [token], slots: [0], states: &states)
        }
        states.setValues(states.values(slot: 0), slot: 1)
        for slot in [Int32(0), 1] { runner.advance(tokens: [7], slots: [slot], states: &states) }
        #expect(
            states.values(slot: 0).map(\.bitPattern) == states.values(slot: 1).map(\.bitPattern))
    }

    @Test func findsTheStreamThatIsNotFinite() throws {
        let config = ModelConfig(
            cell: .gru, layers: 2, embeddingSize: 8, hiddenSize: 17, vocabularySize: 10)
        let network = try Network.random(config: config)
        let runner = NetworkRunner(network: network, kernels: try Kernels(), maxBatch: 40)
        var states = try StateSlab(layout: network.stateLayout, capacity: 40)
        let slots = (0..<Int32(40)).map { $0 }
        var values = [Float](repeating: 0.5, count: network.stateLayout.valueCount)
        values[33] = .nan
        states.setValues(values, slot: 7)
        values[33] = .infinity
        states.setValues(values, slot: 12)
        var finite: [Bool] = []
        runner.areFinite(slots: slots, states: states, into: &finite)
        #expect(slots.filter { !finite[Int($0)] } == [7, 12])
        let before = try Network.random(config: config)
        #expect(before.stateLayout == states.layout)
        runner.advance(tokens: slots.map { $0 % 10 }, slots: slots, states: &states)
        runner.predict(slots: slots, states: states, top: 2)
        #expect(slots.filter { !runner.predictions.isFinite[Int($0)] } == [7, 12])
    }
}
