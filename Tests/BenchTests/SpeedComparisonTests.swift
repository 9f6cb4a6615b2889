import Bench
import Client
import Kernels
import Model
import TestSupport
import Testing

@Suite struct SpeedComparisonTests {
    @Test func aSmallerNetworkReadsMoreTokens() throws {
        let networks = try [240, 16].map { hidden in
            try TestModel.make(TestModel.config(.gru, hidden: hidden)).network
        }
        let comparison = try SpeedComparison(networks, kernels: Kernels(), batch: 16)
        let speeds = try comparison.tokensPerCPUSecond(seconds: 0.05, Interruption())
        #expect(speeds.count == 2)
        #expect(speeds[0] > 0 && speeds[1] > speeds[0])
    }

    @Test func stopsWhenAsked() throws {
        let comparison = try SpeedComparison(
            [TestModel.make().network], kernels: Kernels(), batch: 1)
        let interruption = try Interruption()
        interruption.request()
        #expect(throws: Interrupted.self) {
            try comparison.tokensPerCPUSecond(seconds: 60, interruption)
        }
    }
}
