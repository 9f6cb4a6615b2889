import Foundation
import Model
import Testing

/// deploy/docs/model.md lists exactly the keys and tensors of the code.
@Suite struct DocumentationTests {
    private static let text: String = {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../deploy/docs/model.md").standardizedFileURL
        do { return try String(contentsOf: page, encoding: .utf8) } catch {
            preconditionFailure("\(error)")
        }
    }()

    /// The first cells of the first table below a heading.
    private func names(below heading: String) throws -> [String] {
        let section = try #require(Self.text.components(separatedBy: "\n## \(heading)\n").last)
        let table = section.split(separator: "\n").drop { !$0.hasPrefix("|") }
            .prefix { $0.hasPrefix("|") }
        return try table.dropFirst(2).map { row in
            try #require(row.split(separator: "`").dropFirst().first.map(String.init))
        }
    }

    @Test func everyKeyIsThere() throws {
        #expect(try names(below: "config.json") == ModelConfig.allKeys.sortedAsDocumented())
    }

    /// The tensors of networks of every kind, with three layers each.
    private static let configurations: [ModelConfig] = ModelConfig.Skip.allCases.flatMap { skip in
        [false, true].map { bidirectional in
            var config = ModelConfig(
                cell: .gru, layers: 3, embeddingSize: 2, hiddenSize: 3, vocabularySize: 4)
            config.skip = skip
            config.bidirectional = bidirectional
            config.heads.next = !bidirectional
            config.heads.sentiment = true
            return config
        }
    }

    @Test func everyTensorIsThere() throws {
        let all = Self.configurations.flatMap(\.tensors).map {
            $0.name.replacing(/_l[0-9]/, with: "_l{n}")
        }
        let documented = try names(below: "model.safetensors")
        #expect(Set(documented) == Set(all))
        #expect(Set(documented).count == documented.count)
    }

    @Test func theLimitsAreThoseOfTheCode() {
        let (sizes, words) = (ModelConfig.sizeRange, ModelConfig.vocabularyRange)
        for limit in [
            "\(sizes.lowerBound) to \(sizes.upperBound)",
            "\(words.lowerBound) to \(words.upperBound)",
            "\(ModelConfig.layerRange.lowerBound) to \(ModelConfig.layerRange.upperBound) |",
            "at most \(ModelConfig.separatorLimit) bytes",
            "(\(Network.usualInputTableLimit >> 20) MiB)", "\"\(ModelConfig.format)\"",
        ] {
            #expect(Self.text.contains(limit), "\(limit)")
        }
    }
}

extension [String] {
    /// The keys of an object before those of the objects in it.
    fileprivate func sortedAsDocumented() -> [String] {
        filter { !$0.contains(".") } + filter { $0.contains(".") && !$0.contains("sentiment.") }
            + filter { $0.contains("sentiment.") }
    }
}
