import Foundation
import Model
import Testing

/// The names and descriptions of models.
@Suite struct ModelNameTests {
    private func names(_ paths: String...) -> [String] {
        ModelName.all(paths.map { URL(filePath: $0) })
    }

    @Test func aFolderNamesItsModel() {
        #expect(names("/models/english") == ["english"])
        #expect(names("/models/english/") == ["english"])
        #expect(names("/") == ["model"])
        #expect(names("/model") == ["model"])
    }

    /// As `sluice train` writes them.
    @Test func theModelOfARunHasTheRunsName() {
        #expect(names("/runs/lstm/model", "/runs/gru/model") == ["lstm", "gru"])
        #expect(names("/runs/lstm/model/", "/models/gru") == ["lstm", "gru"])
    }

    @Test func equalNamesAreToldApartByTheFoldersAbove() {
        #expect(
            names("/a/x/model", "/b/x/model", "/b/y/model") == ["a/x", "b/x", "y"])
        #expect(names("/x", "/b/x") == ["x", "b/x"])
        #expect(names("/a/x", "/a/x") == ["x", "x"])
    }

    @Test func whatANetworkIs() {
        var config = ModelConfig(
            cell: .gru, layers: 2, embeddingSize: 4, hiddenSize: 64, vocabularySize: 8)
        #expect(config.shortText == "GRU, 2 x 64")
        config.resetGate = .before
        config.skip = .residual
        #expect(config.shortText == "GRU (reset before), 2 x 64, residual")
        config.cell = .rnn
        config.activation = .relu
        config.bidirectional = true
        #expect(config.shortText == "RNN ReLU, 2 x 64, residual, bidirectional")
    }
}
