import Testing

@testable import Training

/// Every text is read once in an epoch, from its beginning, with its label.
@Suite struct MessageReaderTests {
    private static let lengths = [5, 17, 2, 30, 9, 1, 12]

    /// A token encodes its text and its position, a label its text.
    private static let corpus: TokenCorpus = {
        var corpus = TokenCorpus()
        for (text, length) in lengths.enumerated() {
            corpus.append(
                (0..<length).map { Int32(1000 * (text + 1) + $0) }, startToken: nil,
                byteCount: length, label: Double(text))
        }
        return corpus
    }()

    @Test(arguments: [1, 2, 3, 7, 9], [1, 10, 40])
    func everyTextIsReadOnce(lanes: Int, longest: Int) {
        var reader = MessageReader(Self.corpus, lanes: 0..<lanes, longest: longest, seed: 5)
        for epoch in 0..<2 {
            var read: Set<Int> = []
            for _ in 0..<reader.batchCount {
                let shape = BatchShape(steps: reader.nextSteps(), lanes: lanes)
                #expect(reader.epoch == epoch)
                var batch = MiniBatch(shape: shape)
                reader.fill(&batch)
                let texts = batch.sentiments.map { Int($0.positive) }
                for (target, text) in zip(batch.sentiments, texts) {
                    let length = min(longest, Self.lengths[text])
                    #expect(batch.starts[target.firstRow] && batch.ends[target.row])
                    #expect(target.row == target.firstRow + (length - 1) * lanes)
                    for step in 0..<length {
                        let token = batch.tokens[target.firstRow + step * lanes]
                        #expect(token == Int32(1000 * (text + 1) + step))
                    }
                    #expect(read.insert(text).inserted)
                }
                // The rest is padding.
                #expect(
                    batch.tokenCount == texts.reduce(0) { $0 + min(longest, Self.lengths[$1]) })
                #expect(batch.tokenCount == batch.tokens.count { $0 != 0 })
            }
            #expect(read == Set(Self.lengths.indices))
        }
    }
}
