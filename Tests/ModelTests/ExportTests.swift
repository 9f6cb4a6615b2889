import Foundation
import Kernels
import Model
import TestSupport
import Testing

/// A model that deploy/examples/export_pytorch.py writes gives the results of its network. The
/// tests need only Python; with PyTorch, they use PyTorch's networks and compare the results too.
@Suite(.serialized) struct ExportTests {
    private struct Expected: Decodable {
        let ids: [Int32]
        /// `[T, V]`, after each token.
        let logits: [[Float]]?
        /// For the text up to each token.
        let sentiment: [Float]?
    }

    private static let cases = [
        "lstm", "gru", "rnn-tanh", "rnn-relu", "no-bias", "no-decoder-bias", "cells", "tied",
        "both-lstm", "both-gru", "two-classes", "negative-first",
    ]

    /// Made once.
    private static let folder: Result<TemporaryFolder, any Error> = Result {
        let folder = try TemporaryFolder()
        let script = Fixture.url("exports.py").path
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-B", script, folder.url.path]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(text: text) }
        return folder
    }

    private struct Failure: Error {
        let text: String
    }

    @Test func everyCaseIsExportedAndWhatCannotBeServedIsRefused() throws {
        let folder = try Self.folder.get()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        #expect(names.sorted() == Self.cases.sorted())
    }

    @Test(arguments: cases) func whatIsExportedSaysTheSame(name: String) throws {
        let folder = try Self.folder.get().url.appending(path: name)
        let expected = try JSONDecoder().decode(
            Expected.self, from: Data(contentsOf: folder.appending(path: "expected.json")))
        #expect(expected.logits != nil || expected.sentiment != nil)
        let model = try Model.load(from: folder)
        if model.config.bidirectional {
            try checkMessages(model.network, expected)
        } else {
            try checkTokens(model.network, expected)
        }
    }

    private func checkTokens(_ network: Network, _ expected: Expected) throws {
        let runner = NetworkRunner(network: network, kernels: try Kernels(), maxBatch: 1)
        var states = try StateSlab(layout: network.stateLayout, capacity: 1)
        for (row, token) in expected.ids.enumerated() {
            runner.advance(tokens: [token], slots: [0], states: &states)
            if let logits = expected.logits {
                let found = runner.logits(slot: 0, states: states)
                #expect(zip(found, logits[row]).allSatisfy { abs($0 - $1) < 1e-5 })
                #expect(found.count == logits[row].count)
            }
            if let sentiment = expected.sentiment {
                var readings: [SentimentReading] = []
                runner.readSentiment(slots: [0], states: states, into: &readings)
                #expect(abs(readings[0].logit - sentiment[row]) < 1e-5)
            }
        }
    }

    private func checkMessages(_ network: Network, _ expected: Expected) throws {
        let runner = try MessageRunner(network: network, kernels: try Kernels())
        let sentiment = try #require(expected.sentiment)
        for (count, logit) in zip(1..., sentiment) {
            let message = try #require(runner.begin(Array(expected.ids.prefix(count))))
            while !runner.isIdle { _ = runner.advance() }
            #expect(abs(try #require(message.logit) - logit) < 1e-5)
        }
    }
}
