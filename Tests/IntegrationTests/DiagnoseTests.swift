import Foundation
import TestSupport
import Testing

/// `sluice diagnose`, on small networks.
@Suite(.blocking) struct DiagnoseTests {
    private func lines(_ arguments: [String]) throws -> [[String: Any]] {
        let run = try SluiceProcess.run(["diagnose"] + arguments)
        #expect(run.status == 0, "\(run.errors)")
        return try run.lines.map { try json($0) }
    }

    @Test func gradientsAreNamedByWhatBecomesOfThem() throws {
        let found = try lines(
            [
                "gradients", "--json", "--scales", "0.5,4", "--cells", "rnn-relu,lstm", "--lags",
                "40", "--hidden-size", "32",
            ])
        try #require(found.count == 4)
        #expect(found.map { $0["verdict"] as? String }.prefix(1) == ["vanishing"])
        #expect(found[0]["lag_of_a_thousandth"] as? Int != nil)
        #expect(found[2]["verdict"] as? String == "exploding")
        #expect(found[2]["clipped_parameter_norm"] as? Double == 1)
        for line in found { #expect((line["norms"] as? [Double])?.count == 41) }
    }

    @Test func gradientsAreDrawn() throws {
        let folder = try TemporaryFolder()
        let plot = folder.path + "/flow.svg"
        let run = try SluiceProcess.run(
            [
                "diagnose", "gradients", "--lags", "20", "--hidden-size", "16", "--scales", "1",
                "--plot", plot,
            ])
        #expect(run.status == 0, "\(run.errors)")
        for words in ["scale 1.0, LSTM", "< 1/1000 at", "lag (steps back)"] {
            #expect(run.output.contains(words))
        }
        #expect(try String(contentsOfFile: plot, encoding: .utf8).contains("RNN ReLU"))
    }

    @Test func aModelsGatesAreCounted() throws {
        let found = try lines(["model", Repository.smallModel, "--json", "--lags", "20"])
        let gates = found.filter { $0["gate"] != nil }
        #expect(!gates.isEmpty && found.count > gates.count)
        for gate in gates {
            let parts = ["closed", "open", "always_closed", "always_open"].map {
                gate[$0] as? Double ?? -1
            }
            #expect(parts.allSatisfy { (0...1).contains($0) })
        }
    }

    @Test(arguments: ["q\"u\\ote", "\u{1B}[31mred"]) func anyNameOfAFolderIsShownSafely(
        _ name: String
    ) throws {
        let folder = try TemporaryFolder()
        let model = folder.path + "/" + name
        try FileManager.default.copyItem(atPath: Repository.smallModel, toPath: model)
        let found = try lines(["model", model, "--json", "--lags", "5"])
        #expect(found[0]["group"] as? String == name)
        let run = try SluiceProcess.run(["diagnose", "model", model, "--lags", "5"])
        #expect(run.status == 0 && !run.output.contains("\u{1B}"))
        let broken = try SluiceProcess.run(["diagnose", "model", model + "\u{1B}"])
        #expect(broken.status == 66 && !broken.errors.contains("\u{1B}"), "\(broken.errors)")
    }

    @Test func whatDoesNotDoIsNamed() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("short", to: "short.txt")
        let short = try SluiceProcess.run(
            ["diagnose", "model", Repository.smallModel, "--text", text])
        #expect(short.status == 65)
        #expect(
            short.errors.contains("\(text): found a text of 5 tokens; expected 102 or more"),
            "\(short.errors)")
        let headless = try SluiceProcess.run(
            ["diagnose", "model", Repository.fixture("sentiment-only").path])
        #expect(headless.status == 65 && headless.errors.contains("no next-token head"))
    }

    @Test func memoryTellsWhoSolvesATask() throws {
        let found = try lines(
            [
                "memory", "--json", "--task", "copy", "--lengths", "10", "--cells", "lstm",
                "--steps", "50", "--hidden-size", "16",
            ])
        try #require(found.count == 1)
        #expect(found[0]["start"] as? String == "uniform")
        #expect(found[0]["steps"] as? Int == 50 && found[0]["chance"] as? Double == 0.125)
        #expect((0...1).contains(found[0]["accuracy"] as? Double ?? -1))
    }

    /// What is usual, and beside it what helps an RNN; or what is asked for, for every cell.
    @Test func memoryComparesBeginnings() throws {
        func starts(_ arguments: String...) throws -> [String?] {
            try lines(
                [
                    "memory", "--json", "--task", "copy", "--lengths", "10", "--steps", "1",
                    "--hidden-size", "8",
                ] + arguments
            ).map { $0["start"] as? String }
        }
        #expect(
            try starts("--cells", "rnn-tanh,rnn-relu,gru")
                == ["uniform", "orthogonal", "uniform", "identity", "uniform"])
        #expect(
            try starts("--cells", "lstm,gru", "--start", "xavier,identity", "--gate-bias", "1")
                == ["xavier", "identity", "xavier", "identity"])
    }
}
