/// `ngrams.tsv` of a model folder: one line for each n-gram, with its log-count ratio and the ids
/// of its tokens. The line without tokens has the intercept.
///
///     log_count_ratio	tokens
///     -0.75
///     -1.9315	2718 281
extension SentimentNGrams {
    static let fileName = "ngrams.tsv"
    /// The maximum size in bytes. A million n-grams, the maximum of a recipe, take less than 40 MB.
    static let fileLimit = 64 << 20
    /// The maximum absolute ratio. Counts of texts cannot exceed it: ln 2⁶⁴ is 44.
    private static let largest: Float = 100
    private static let header = "log_count_ratio\ttokens"

    /// The contents of the file, sorted by tokens, so that equal tables give equal files.
    package var file: String {
        let all = ratios.merging([NGram(): intercept]) { $1 }
        let lines = all.map { ngram, ratio in (ngram.tokens, ratio) }
            .sorted { $0.0.lexicographicallyPrecedes($1.0) }
            .map { tokens, ratio in
                "\(ratio)\t\(tokens.map(String.init).joined(separator: " "))"
            }
        return ([Self.header] + lines).joined(separator: "\n") + "\n"
    }

    /// Reads a file strictly: every line must have the form above, and no n-gram may occur twice.
    /// Without a line without tokens, the intercept is 0.
    ///
    /// - Throws: `ModelError` with the code `malformed`, which names the line.
    package init(
        decoding bytes: [UInt8], file: String, order: Int, vocabularySize: Int
    ) throws(ModelError) {
        func malformed(_ line: Int, _ found: String, _ expected: String) -> ModelError {
            ModelError(
                .malformed, file: file, part: "line \(line)", found: found, expected: expected)
        }
        let newline = UInt8(ascii: "\n")
        let lineCount = bytes.count { $0 == newline }
        guard bytes.isEmpty || bytes.last == newline else {
            throw malformed(lineCount + 1, "its end", "a newline after the last line")
        }
        guard bytes.prefix(while: { $0 != newline }).elementsEqual(Self.header.utf8) else {
            throw malformed(1, "another header", "log_count_ratio and tokens, a tab between them")
        }
        var rest = bytes.dropFirst(Self.header.utf8.count + 1)
        var ratios: [NGram: Float] = [:]
        ratios.reserveCapacity(lineCount)
        // One line at a time, since slices of all lines would take more memory than the file.
        for number in 1..<lineCount {
            let line = String(decoding: rest.prefix { $0 != newline }, as: UTF8.self)
            rest = rest.drop { $0 != newline }.dropFirst()
            guard let (ngram, ratio) = Self.read(line, order: order, vocabularySize) else {
                throw malformed(
                    number + 1, "\"\(line.prefix(60))\"",
                    "a number from -100 to 100, a tab, and 0 to \(order) tokens from 0 to "
                        + "\(vocabularySize - 1) with a space between them")
            }
            guard ratios.updateValue(ratio, forKey: ngram) == nil else {
                throw malformed(number + 1, "\"\(line)\"", "each n-gram once")
            }
        }
        let intercept = ratios.removeValue(forKey: NGram()) ?? 0
        self.init(order: order, ratios: ratios, intercept: intercept)
    }

    private static func read(_ line: String, order: Int, _ vocabularySize: Int) -> (NGram, Float)? {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 2, let ratio = Float(fields[0]), abs(ratio) <= largest
        else { return nil }
        let words =
            fields[1].isEmpty
            ? [] : fields[1].split(separator: " ", omittingEmptySubsequences: false)
        let tokens = words.compactMap { Int32($0) }
        guard tokens.count == words.count, tokens.count <= order,
            tokens.allSatisfy({ $0 >= 0 && $0 < vocabularySize })
        else { return nil }
        return (NGram(tokens), ratio)
    }
}
