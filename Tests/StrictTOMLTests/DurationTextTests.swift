import StrictTOML
import TestSupport
import Testing

@Suite struct DurationTextTests {
    @Test(arguments: 0..<500) func whatIsWrittenReadsBackEqual(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let nanoseconds = Int64.random(in: 0..<86_400_000_000_000, using: &random)
        let unit = [1, 1000, 1_000_000, 1_000_000_000, 60_000_000_000].randomElement(
            using: &random)!
        let duration = Duration.nanoseconds(nanoseconds / Int64(unit) * Int64(unit))
        #expect(Duration(configurationText: duration.configurationText) == duration)
    }

    @Test(arguments: [
        ("250ms", 250_000_000), ("10s", 10_000_000_000), ("1.5s", 1_500_000_000),
        ("2m", 120_000_000_000), ("0.25h", 900_000_000_000), ("0s", 0), ("7us", 7000),
        ("0.000000001s", 1),
    ])
    func means(text: String, nanoseconds: Int64) {
        #expect(Duration(configurationText: text) == .nanoseconds(nanoseconds))
    }

    @Test(arguments: [
        "", "s", "5", "5 s", "-1s", "1.s", ".5s", "1.5ns", "1..5s", "1e3s", "5S", "5seconds",
        "99999999999999999999s", "9999999999h", "٣s",
    ])
    func refuses(text: String) {
        #expect(Duration(configurationText: text) == nil)
    }
}
