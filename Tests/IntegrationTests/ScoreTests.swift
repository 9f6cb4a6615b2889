import DefaultModel
import Foundation
import Testing

/// `sluice score` as a user runs it.
@Suite struct ScoreTests {
    @Test func helpTeachesByExample() async throws {
        for command in ["serve", "pub", "sub", "score", "inspect"] {
            let result = try await SluiceProcess.run([command, "--help"])
            #expect(result.status == 0)
            #expect(result.output.contains("sluice \(command)"))
        }
    }
}
