import Curve
import Testing

@testable import FuzzTargets

/// The inputs that the fuzzer begins with lead through the handshake to messages both ways.
@Suite struct CurveTargetTests {
    @Test func seedsReachTraffic() throws {
        let (server, pair) = (CurveKeyPair(), CurveKeyPair())
        let sessions = try CurveTarget.target.seeds().map {
            try CurveTarget.run($0, server, pair)
        }
        #expect(sessions.count { $0.isInwardReady } >= 8)
        #expect(sessions.count { $0.passed > 0 } >= 5)
        #expect(sessions.count { $0.opened == 2 } >= 4)
    }
}
