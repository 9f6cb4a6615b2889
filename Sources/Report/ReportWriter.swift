package import Files
import Foundation

/// Writes a session as one self-contained HTML file: it loads nothing from a network or another file.
///
/// Invariants:
/// - Session data never becomes markup. The names of the stream and the model are escaped in the
///   title; all other data is JSON without `<`, `>` and `&`, or base64.
/// - The page is written piece by piece; a piece is at most one block.
///
/// Data is in `<script type="text/plain">` elements with the ids `data.NAME`. `meta` is one JSON object.
/// The others are base64 of little-endian arrays over all tokens:
///
///     text                     bytes of all tokens, concatenated
///     lengths, ids, epochs     u32, i32, u32 [T]
///     offsets                  f64 [T]
///     surprisal, score         f32 [T], NaN for none
///     candidates               u32 [T][k], indices into meta.candidates; 0xFFFFFFFF for none
///     probabilities            f32 [T][k]
///     a.<layer>.<vector>.<n>   i8 [units][tokens of the chunk], chunk n of `chunkTokens` tokens;
///                              times meta.layers[layer].scales[vector][unit] is the value,
///                              -128 means not finite
package struct ReportWriter {
    /// Browsers can show more, but the page becomes too slow to use.
    package static let maxTokens = 200_000
    static let chunkTokens = 8192

    private let trace: SessionTrace

    /// - Throws: `ReportError` for a trace without tokens, with too many, or inconsistent in itself.
    package init(_ trace: SessionTrace) throws(ReportError) {
        guard !trace.tokens.isEmpty else { throw .noTokens(stream: trace.stream) }
        guard trace.tokens.count <= Self.maxTokens else {
            throw .tooManyTokens(trace.tokens.count, limit: Self.maxTokens, isStored: false)
        }
        try trace.check()
        self.trace = trace
    }

    /// Writes the report. An existing file is replaced only when the new one is complete.
    package func write(to path: String) throws(ReportError) {
        do throws(OutputError) {
            // A report shows text of streams.
            var file = try OutputFile(path, isPrivate: true)
            try write { bytes throws(OutputError) in try file.write(bytes) }
            try file.complete()
        } catch {
            throw .writeFailed(path: path, reason: error.reason)
        }
    }

    /// Passes the page to `sink` piece by piece.
    package func write(
        to sink: (_ bytes: [UInt8]) throws(OutputError) -> Void
    ) throws(OutputError) {
        try sink(head)
        try sink(PageResources.body)
        try writeData(to: sink)
        try sink(Array("<script>\n".utf8) + PageResources.script)
        try sink(Array("</script>\n</body>\n</html>\n".utf8))
    }

    private var head: [UInt8] {
        let title = "\(trace.stream) · \(trace.model.name) · Sluice".escapedHTML
        var head = Array(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
            style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
            <meta name="generator" content="Sluice">
            <title>\(title)</title>
            <style>

            """.utf8)
        head += PageResources.style
        head += Array("</style>\n</head>\n<body>\n".utf8)
        return head
    }

    // MARK: Data

    private typealias Sink = (_ bytes: [UInt8]) throws(OutputError) -> Void

    private func writeData(to sink: Sink) throws(OutputError) {
        let quantised = trace.layers.map { layer in
            layer.vectors.map { QuantisedMatrix($0, units: layer.units.count) }
        }
        try write("meta", metadata(quantised), to: sink)
        try writeTokens(to: sink)
        for (layer, matrices) in quantised.enumerated() {
            for (vector, matrix) in matrices.enumerated() {
                for (number, start) in chunkStarts.enumerated() {
                    let range = start..<min(start + Self.chunkTokens, trace.tokens.count)
                    let name = "a.\(layer).\(trace.model.vectors[vector]).\(number)"
                    try writeBlock(name, matrix.unitMajor(range), to: sink)
                }
            }
        }
    }

    private var chunkStarts: StrideTo<Int> {
        stride(from: 0, to: trace.tokens.count, by: Self.chunkTokens)
    }

    private func writeTokens(to sink: Sink) throws(OutputError) {
        let tokens = trace.tokens
        try writeBlock("text", tokens.flatMap(\.bytes), to: sink)
        try writeBlock("lengths", tokens.map { UInt32($0.bytes.count) }, to: sink)
        try writeBlock("ids", tokens.map(\.id), to: sink)
        try writeBlock("epochs", tokens.map { UInt32(clamping: $0.epoch) }, to: sink)
        try writeBlock("offsets", tokens.map { Double($0.offset).bitPattern }, to: sink)
        try writeBlock("surprisal", tokens.map { ($0.surprisal ?? .nan).bitPattern }, to: sink)
        try writeBlock("score", tokens.map { ($0.score ?? .nan).bitPattern }, to: sink)
        let places = candidatePlaces
        try writeBlock("candidates", trace.candidateIDs.map { places[$0] ?? UInt32.max }, to: sink)
        try writeBlock("probabilities", trace.candidateProbabilities.map(\.bitPattern), to: sink)
    }

    private var candidateIDs: [Int32] { trace.candidateTexts.keys.sorted() }

    private var candidatePlaces: [Int32: UInt32] {
        Dictionary(uniqueKeysWithValues: candidateIDs.enumerated().map { ($1, UInt32($0)) })
    }

    private func writeBlock(
        _ id: String, _ values: [some FixedWidthInteger], to sink: Sink
    ) throws(OutputError) {
        let littleEndian = values.map(\.littleEndian)
        // The buffer is copied within the closure.
        let data = unsafe littleEndian.withUnsafeBytes { unsafe Data($0) }
        try write(id, [UInt8](data.base64EncodedData()), to: sink)
    }

    private func write(_ id: String, _ content: [UInt8], to sink: Sink) throws(OutputError) {
        try sink(
            Array("<script type=\"text/plain\" id=\"data.\(id)\">".utf8) + content
                + Array("</script>\n".utf8))
    }

    private func metadata(_ quantised: [[QuantisedMatrix]]) -> [UInt8] {
        let layers = zip(trace.layers, quantised).map { layer, matrices in
            ReportMetadata.Layer(units: layer.units, scales: matrices.map(\.scales))
        }
        let candidates = candidateIDs.map { id in
            ReportMetadata.Candidate(
                id: id, text: Data(trace.candidateTexts[id] ?? []).base64EncodedString())
        }
        return ReportMetadata(
            trace, chunkTokens: Self.chunkTokens, candidates: candidates, layers: layers
        ).json
    }
}
