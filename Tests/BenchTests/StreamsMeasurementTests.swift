import Client
import Engine
import Foundation
import Kernels
import Model
import TestSupport
import Testing

@testable import Bench

@Suite struct StreamsMeasurementTests {
    private func options() throws -> StreamsMeasurement.Options {
        var options = StreamsMeasurement.Options(kernels: try Kernels())
        options.streams = 3000
        options.revisits = 600
        options.resident = 50
        options.isDurable = false
        return options
    }

    private func model() throws -> Model {
        try Model.random(config: NetworkShape("gru,16,1,16,256")!.config)
    }

    @Test func streamsThatWereEvictedComeBackAsTheyWere() throws {
        let place = FileManager.default.temporaryDirectory
            .appending(path: "sluice-streams-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let measurement = StreamsMeasurement(
            try model(), text: BenchText.builtIn, try options(), try Interruption())
        var rows: [StreamsMeasurement.Row] = []
        let outcome = try measurement.run(in: place) { rows.append($0) }
        #expect(outcome.revisited == 600 && outcome.exact == 600)
        #expect(outcome.firstDifference == nil)
        #expect(outcome.resumed > 500 && outcome.resumed <= 600)
        #expect(rows.last?.evicted ?? 0 > 2900)
        #expect(rows.allSatisfy { $0.residentBytes > 0 && $0.storeBytes > 0 })
        #expect(rows.filter { $0.phase == .opening }.last?.messages == 3000)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
    }

    @Test func aStreamThatIsOtherwiseIsNamed() throws {
        let messages = StreamsMessages(text: BenchText.builtIn, words: 3)
        let interruption = try Interruption()
        let engine = try StoredEngine(try model(), try options(), store: nil)
        // Expected of pair 1: nothing that a stream can be.
        let visitors = Visitors(messages, expected: [1: .init()])
        try engine.submit([.request(try messages.first(of: 1))])
        try visitors.look(at: 1, in: engine)
        try visitors.wait(for: 1, engine, interruption)
        try visitors.look(at: 2, in: engine)
        try visitors.wait(for: 2, engine, interruption)
        let outcome = visitors.outcome(resumed: 0)
        #expect(outcome.revisited == 2 && outcome.exact == 0)
        #expect(outcome.firstDifference?.hasPrefix("stream-1: 1 messages") == true)
        try engine.finish()
    }

    @Test func residentMemoryIsTheSecondField() {
        #expect(ResidentMemory.pages(in: "5000 1234 300 1 0 2 0\n") == 1234)
        #expect(ResidentMemory.pages(in: "") == 0)
    }
}
