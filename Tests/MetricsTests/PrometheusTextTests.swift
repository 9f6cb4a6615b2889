import Metrics
import Testing

@Suite struct PrometheusTextTests {
    private enum Reason: String, CaseIterable {
        case tooLong = "too_long"
        case other
    }

    @Test func theSamplesOfOneMetricAreTogether() {
        var text = PrometheusText()
        for output in 0..<2 {
            let events = Counter("events", "Events")
            events.add(output + 1)
            text.add(events, labels: [.init("output", "\(output)")])
            text.add(
                Gauge("queue", "Bytes that wait", unit: .bytes),
                labels: [.init("output", "\(output)")])
        }
        #expect(
            text.text == """
                # HELP sluice_events_total Events
                # TYPE sluice_events_total counter
                sluice_events_total{output="0"} 1
                sluice_events_total{output="1"} 2
                # HELP sluice_queue_bytes Bytes that wait
                # TYPE sluice_queue_bytes gauge
                sluice_queue_bytes{output="0"} 0
                sluice_queue_bytes{output="1"} 0

                """)
    }

    @Test func aFamilyHasAllItsLabelsFromTheStart() {
        let closed = CounterFamily<Reason>("closed", "Closed", by: "reason")
        closed.add(.other)
        var text = PrometheusText()
        text.add(closed)
        #expect(text.text.contains("sluice_closed_total{reason=\"too_long\"} 0\n"))
        #expect(text.text.contains("sluice_closed_total{reason=\"other\"} 1\n"))
        #expect(closed.counts == [.other: 1])
    }

    @Test func labelsAndHelpAreEscaped() {
        var text = PrometheusText()
        text.add(
            Information("info", "One\nline \\ \"two\"", labels: [("path", "a\"b\\c\nd")]))
        #expect(text.text.contains("# HELP sluice_info One\\nline \\\\ \"two\"\n"))
        #expect(text.text.contains("{path=\"a\\\"b\\\\c\\nd\"} 1\n"))
    }

    @Test func aReadingWithoutAValueIsNotShown() {
        var text = PrometheusText()
        text.add(MetricReading("age", "Age", unit: .seconds) { nil })
        #expect(text.text.isEmpty)
        text.add(MetricReading("process_open_fds", "Descriptors") { 7 })
        #expect(text.text.hasSuffix("\nprocess_open_fds 7\n"))
    }
}
