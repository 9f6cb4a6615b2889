import Metrics
import Testing

@Suite struct MetricSetTests {
    private final class Sums: MetricSet {
        let first = Counter("first", "The first")
        let other = 5
        let second = Gauge("second.part", "The second")
    }

    @Test func aSetListsEachMetricThatItDeclares() {
        let sums = Sums()
        sums.first.add()
        sums.second.add(3)
        sums.second.add(-1)
        #expect(sums.metrics.map(\.name) == ["first", "second.part"])
        #expect(
            sums.metrics.map(\.declaration.exposedName) == [
                "sluice_first_total", "sluice_second_part",
            ])
        #expect(sums.metrics.flatMap(\.samples).map(\.value) == [1, 2])
    }
}
