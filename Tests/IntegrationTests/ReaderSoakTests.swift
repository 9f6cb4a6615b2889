import Foundation
import Testing

/// A short form of `deploy/soak-readers`: slow, stopped, killed, late and reconnecting subscribers, and a
/// daemon that is killed on the way.
@Suite(.enabled("needs python3-zmq") { hasPyZMQ() }, .blocking)
struct ReaderSoakTests {
    @Test func noGapGoesUndetectedAndNoneRemains() throws {
        let script = Repository.root.appending(path: "deploy/soak-readers").path
        let result = try SluiceProcess.run(
            [script, "--events", "8000", "--program", SluiceProcess.executable.path],
            executable: SluiceProcess.python)
        #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        #expect(result.lines.count { $0.hasSuffix("  good") } == 7, "\(result.output)")
    }
}
