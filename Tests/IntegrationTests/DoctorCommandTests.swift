import Foundation
import TestSupport
import Testing

/// `sluice doctor`, beside a daemon and without one.
@Suite(.blocking) struct DoctorCommandTests {
    private struct Finding: Decodable {
        let check: String
        let level: String
        let message: String
        let remedy: String?
    }

    private func findings(_ result: SluiceProcess.Result) throws -> [Finding] {
        try result.lines.map { try JSONDecoder().decode(Finding.self, from: Data($0.utf8)) }
    }

    @Test func aDaemonThatServesIsExaminedAndLeftAlone() throws {
        let daemon = try ServedDaemon([.in, .control])
        let file = daemon.folder.path("sluice.toml")
        let before = try daemon.folder.names
        let result = try SluiceProcess.run(["doctor", "--config", file])
        #expect(result.status == 0, "\(result.output)")
        let findings = try findings(result)
        func messages(_ check: String) -> [String] {
            findings.filter { $0.check == check && $0.level == "ok" }.map(\.message)
        }
        #expect(messages("control").contains { $0.contains("answers at") })
        #expect(
            messages("store").contains { $0.contains("process \(daemon.process.pid) writes it") })
        #expect(messages("endpoint").count { $0.contains("is held by the daemon") } == 3)
        #expect(findings.allSatisfy { ($0.remedy == nil) == ($0.level == "ok") })
        #expect(try daemon.folder.names == before)
        let stopped = try daemon.stop()
        #expect(!stopped.errors.contains("error sluice:"), "\(stopped.errors)")

        // Its store is somebody else's now, and the configuration is wrong.
        _ = try daemon.folder.write("text of another program", to: "journal.sqlite")
        let faulty = try SluiceProcess.run(
            ["doctor", "--config", file], environment: ["SLUICE_ENGINE_TOP": "0"])
        #expect(faulty.status == 1)
        let errors = try self.findings(faulty).filter { $0.level == "error" }
        #expect(Set(errors.map(\.check)) == ["configuration", "store"], "\(errors)")
        #expect(errors.contains { $0.message.hasPrefix("SLUICE_ENGINE_TOP: engine.top") })
    }
}
