import Metrics
import Testing

@Suite struct HistogramTests {
    @Test func aValueAtABoundBelongsToItsBucket() {
        let histogram = Histogram("size", "Sizes", bounds: [1, 2, 4])
        for value in [0.5, 1, 1.5, 4, 9] { histogram.record(value) }
        histogram.record(3, count: 2)
        let samples = histogram.samples
        #expect(
            samples.map(\.suffix) == ["_bucket", "_bucket", "_bucket", "_bucket", "_sum", "_count"])
        #expect(
            samples.prefix(4).map { $0.labels.map(\.value) } == [["1"], ["2"], ["4"], ["+Inf"]])
        #expect(samples.map(\.value) == [2, 3, 6, 7, 22, 7])
    }

    @Test func aQuantileIsInterpolatedAsPrometheusDoes() {
        let histogram = Histogram("size", "Sizes", bounds: [1, 2, 4])
        #expect(histogram.quantile(0.5) == nil)
        for value in [1.5, 1.5, 3, 3] { histogram.record(value) }
        #expect(histogram.quantile(0.25) == 1.5)
        #expect(histogram.quantile(0.5) == 2)
        #expect(histogram.quantile(1) == 4)
    }

    @Test func threadsRecordBesideEachOther() async {
        let histogram = Histogram("time", "Times", unit: .seconds, bounds: .times)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask { for _ in 0..<10_000 { histogram.record(nanoseconds: 500_000_000) } }
            }
        }
        #expect(histogram.count == 40_000)
        #expect(histogram.samples.first { $0.suffix == "_sum" }?.value == 20_000)
    }
}
