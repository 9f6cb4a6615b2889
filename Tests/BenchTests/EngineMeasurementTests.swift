import Client
import Kernels
import Model
import TestSupport
import Testing

@testable import Bench

@Suite struct EngineMeasurementTests {
    @Test func countsTokensAndEventsOfStreamsThatAlwaysHaveText() throws {
        var config = ModelConfig(
            cell: .gru, layers: 1, embeddingSize: 16, hiddenSize: 16, vocabularySize: 256)
        config.heads.sentiment = true
        let model = try Model.random(config: config)
        var options = EngineMeasurement.Options(kernels: try Kernels())
        options.seconds = 0.1
        let measurement = EngineMeasurement(model, text: BenchText.builtIn, options)
        let row = try measurement.row(streams: 8, try Interruption())
        #expect(row.tokens > 0 && row.events > row.tokens && row.elapsed.cpu > 0)
        #expect(row.meanStreams > 1 && row.meanStreams <= 8)
        #expect(row.meanBatch >= row.meanStreams && row.meanBatch <= 16)
        options.events = []
        let silent = try EngineMeasurement(model, text: BenchText.builtIn, options)
            .row(streams: 8, try Interruption())
        #expect(silent.tokens > 0 && silent.events == 0)
    }
}
