import Client
import DefaultModel
import Foundation
import Kernels
import Model
import TestSupport
import Testing
import Tokenizer

@testable import Bench

@Suite struct NetworkTests {
    @Test func readsShapes() {
        #expect(NetworkShape("lstm,512,2,512,8192") == .standard)
        #expect(NetworkShape("\(NetworkShape.standard)") == .standard)
        for text in ["", "lstm", "lstm,1,1,1,1", "lstm,0,1,1,9", "elman,1,1,1,9", "gru,1,9,1,9,"] {
            #expect(NetworkShape(text) == nil, "\(text)")
        }
    }

    /// 16.78 MFLOP is what the peers count for this shape.
    @Test func countsTheProductsThatAreDone() {
        let whole = WorkPerToken(NetworkShape.standard.config, inputTable: false)
        #expect(whole.cells + whole.head == 16_777_216)
        let looked = WorkPerToken(NetworkShape.standard.config, inputTable: true)
        #expect(whole.cells - looked.cells == 2 * 512 * 2048)
    }

    @Test(arguments: [600, 5000])
    func aRandomFolderIsAModel(vocabulary: Int) throws {
        let shape = try #require(NetworkShape("gru,16,2,8,\(vocabulary)"))
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let original = try Data(
            contentsOf: DefaultModel.folder.appending(path: "tokenizer.json"))
        try RandomModelFolder(shape, tokenizerLike: original).write(to: folder)
        let model = try Model.load(from: folder)
        #expect(model.config.vocabularySize == vocabulary)
        let text = Array("However little known, the feelings!".utf8)
        let bytes = model.tokenizer.tokens(of: text).flatMap {
            model.tokenizer.vocabulary.bytes(of: $0.id)
        }
        #expect(bytes == text)
    }

    @Test func aVocabularyWithoutRoomForTheBytesIsRefused() throws {
        let shape = try #require(NetworkShape("gru,16,2,8,200"))
        let original = try Data(
            contentsOf: DefaultModel.folder.appending(path: "tokenizer.json"))
        #expect(throws: RandomModelError.self) {
            try RandomModelFolder(shape, tokenizerLike: original)
        }
    }

    @Test func timesEveryPart() throws {
        let shape = try #require(NetworkShape("lstm,16,1,16,300"))
        let network = try Network.random(config: shape.config)
        let measurement = KernelMeasurement(network, kernels: try Kernels(), inputTable: false)
        let rows = try measurement.rows(batch: 3, seconds: 0.01, try Interruption())
        #expect(rows.map(\.part) == [.cells, .head, .full])
        for row in rows { #expect(row.elapsed.cpu > 0 && row.shareOfPeak > 0) }
        #expect(rows[2].work == rows[0].work + rows[1].work)
    }

    @Test func stepsOfWholeNumbersMakeTheMean() {
        typealias Step = NetworkCost.Step
        #expect(
            NetworkCost.steps(meanBatch: 3.25, meanStreams: 3.25) == [
                Step(streams: 3, tokensEach: 1, part: 0.75),
                Step(streams: 4, tokensEach: 1, part: 0.25),
            ])
        #expect(
            NetworkCost.steps(meanBatch: 15, meanStreams: 2.1) == [
                Step(streams: 2, tokensEach: 7, part: 0.5),
                Step(streams: 2, tokensEach: 8, part: 0.5),
            ])
        #expect(
            NetworkCost.steps(meanBatch: 64, meanStreams: 64) == [
                Step(streams: 64, tokensEach: 1, part: 1)
            ])
    }

    @Test func stopsWhenAskedTo() throws {
        let network = try Network.random(
            config: try #require(NetworkShape("rnn,16,1,16,300")).config)
        let interruption = try Interruption()
        interruption.request()
        #expect(throws: Interrupted.self) {
            try NetworkCost(network, kernels: try Kernels()).perRow(
                meanBatch: 1.5, meanStreams: 1.5, withHead: true, seconds: 1, interruption)
        }
    }
}
