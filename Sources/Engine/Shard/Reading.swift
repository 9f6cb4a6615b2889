import Tokenizer

/// What one step reads: of each of its streams the next tokens, one or several.
struct Reading {
    struct Row {
        let token: Int32
        /// Nil for a lead-in token, which no event is about.
        let byteCount: Int?
        /// A `next` event is due after it.
        let isDue: Bool
        fileprivate(set) var surprisal: Float?
        /// Its index in the latest predictions; nil if the vocabulary head did not run on it.
        fileprivate(set) var prediction: Int?
    }

    /// One stream's part: at least one row.
    struct Run {
        let stream: StreamState
        let rows: Range<Int>
        /// A `next` event will be due after the token that comes next.
        let isNextDue: Bool
        /// Rows before the first one that left the state not finite.
        fileprivate(set) var finite: Range<Int>

        /// One of its tokens left the state not finite.
        var isStopped: Bool { finite.count < rows.count }
        /// Rows that count as read: what comes after a state that is not finite is given up.
        var readCount: Int { finite.count + (isStopped ? 1 : 0) }
    }

    private(set) var rows: [Row] = []
    private(set) var runs: [Run] = []
    /// Where the network has each row, once it has read it.
    private(set) var chunkRows: [Int32] = []

    /// Tokens of texts that were read; a lead-in and what overflowed the state are none.
    var tokenCount: Int {
        runs.reduce(0) { $0 + rows[$1.finite].count { $0.byteCount != nil } }
    }

    /// Rows that count as read.
    var rowCount: Int { runs.reduce(0) { $0 + $1.readCount } }

    // MARK: Tokens

    /// Takes the next tokens of a stream, at least one. What a message's or a request's end leads to
    /// comes before the tokens after it, so these end its part.
    ///
    /// - Parameter isNextDue: whether a `next` event is due after so many tokens of the stream.
    mutating func take(_ stream: StreamState, most: Int, _ isNextDue: (UInt64) -> Bool) {
        let start = rows.count
        var tokens = stream.state.incarnationTokens
        // What was cut off there when it was first read is not read.
        let end = stream.work?.ending.map(\.tokens) ?? .max
        while rows.count - start < most, tokens < end || rows.count == start,
            let step = stream.work?.takeToken()
        {
            switch step {
            case .leadIn(let id):
                rows.append(.init(token: id, byteCount: nil, isDue: false))
            case .token(let token):
                rows.append(
                    .init(token: token.id, byteCount: token.byteCount, isDue: isNextDue(tokens)))
                tokens += 1
            case .messageEnd, .finished: break
            }
        }
        let taken = start..<rows.count
        precondition(!taken.isEmpty, "a stream in a batch begins with a token")
        runs.append(
            .init(stream: stream, rows: taken, isNextDue: isNextDue(tokens), finite: taken))
    }

    // MARK: What the network computed

    /// The network has read the rows: where it has each, and whether the state was finite after it.
    mutating func note(_ chunkRows: [Int32], isFinite: [Bool]) {
        self.chunkRows = chunkRows
        for index in runs.indices {
            let rows = runs[index].rows
            let end = rows.first { !isFinite[Int(chunkRows[$0])] } ?? rows.upperBound
            runs[index].finite = rows.lowerBound..<end
        }
    }

    mutating func note(surprisal: Float, of row: Int) { rows[row].surprisal = surprisal }
    mutating func note(prediction: Int, of row: Int) { rows[row].prediction = prediction }

    /// The vocabulary head runs where an event is due, or will be at the coming token.
    func needsPrediction(_ row: Int, of run: Run) -> Bool {
        if rows[row].isDue { return true }
        return row + 1 < run.rows.upperBound ? rows[row + 1].isDue : run.isNextDue
    }
}
