import Debugger
import Engine
import Kernels
import Model
import RecordingSupport
import TestSupport
import Testing
import Wire

/// The value of each form of a condition, and the errors of wrong ones.
struct ConditionTests {
    private let config = TestModel.config()

    /// The points of the tokens of a run over the texts.
    private func points(_ model: Model, _ texts: String...) throws -> [SessionPoint] {
        let store = try RecordedStore()
        try store.serve(model)
        for text in texts { try store.accept(.text(text)) }
        try store.finish()
        let reader = try PointReader(store.session())
        var points: [SessionPoint] = []
        while let point = try reader.next() { points.append(point) }
        return points
    }

    /// The indices of the points where the condition is true.
    private func hits(
        _ expression: String, _ points: [SessionPoint], gates: GateReader? = nil
    ) throws -> [Int] {
        let condition = try ValueExpression(
            expression, for: points[0].model.config, isCondition: true)
        return try points.indices.filter {
            try condition.holds(at: points[$0], after: $0 > 0 ? points[$0 - 1] : nil, gates: gates)
        }
    }

    @Test func readingsAreThoseOfTheEvents() throws {
        let points = try points(TestModel.make(), "abcabd", "xyz")
        func expect(_ expression: String, _ isExpected: (TokenReading, SessionPoint) -> Bool) throws
        {
            let expected = points.indices.filter { isExpected(points[$0].token!, points[$0]) }
            #expect(try hits(expression, points) == expected, "\(expression)")
        }
        try expect("surprisal > 8") { token, _ in token.surprisal! > 8 }
        try expect("probability <= 1 / 256") { token, _ in token.surprisal! >= 8 }
        try expect("sentiment < 0") { token, _ in token.sentiment!.score < 0 }
        try expect("positive >= 0.5") { token, _ in token.sentiment!.positive >= 0.5 }
        try expect("token == 4") { token, _ in token.index == 4 }
        try expect("id == 98") { token, _ in token.id == 98 }
        try expect("message > 0") { token, _ in token.message == 1 }
        try expect("epoch != 0") { _, _ in false }
        try expect("offset >= 7") { token, _ in token.offset.lowerBound >= 7 }
        try expect("message_ends") { _, point in point.messageScore != nil }
        try expect("text matches /ab[cd]/") { token, _ in [2, 5].contains(token.index) }
        try expect("text matches /AB/i") { token, _ in [1, 4].contains(token.index) }
        try expect("text matches /^x/") { token, _ in token.index == 6 }
    }

    @Test func statesAreThoseOfTheSlab() throws {
        let points = try points(TestModel.make(), "some text to read")
        for (layer, kind, unit) in [(0, "h", 0), (0, "c", 19), (1, "h", 7), (1, "c", 3)] {
            let index = (layer * 2 + (kind == "h" ? 0 : 1)) * 20 + unit
            let middle = points.map { $0.values[index] }.sorted()[8]
            let expected = points.indices.filter { points[$0].values[index] > middle }
            #expect(
                try hits("\(kind)[\(layer)][\(unit)] > \(Double(middle))", points) == expected)
            let large = points.indices.filter { abs(points[$0].values[index]) >= 0.05 }
            #expect(try hits("|\(kind)[\(layer)][\(unit)]| >= 0.05", points) == large)
        }
        func squares(_ values: ArraySlice<Float>) -> Double {
            values.map { Double($0) * Double($0) }.reduce(0, +)
        }
        let norms = points.indices.filter { squares(points[$0].values[60..<80]) > 0.25 }
        #expect(try hits("norm(c[1]) * norm(c[1]) > 0.25", points) == norms)
        let changed = points.indices.filter { index in
            let pair = zip(points[index].values[0..<20], points[index].before[0..<20])
            return squares(pair.map { $0 - $1 }[...]) > 0.01
        }
        #expect(try hits("change(h[0]) > 0.1", points) == changed)
    }

    @Test func gatesReproduceTheState() throws {
        let model = try TestModel.make()
        let points = try points(model, "gates")
        let reader = try GateReader(model, kernels: Kernels(tier: .best))
        for point in points {
            let gates = try #require(reader.gates(at: point, layer: 1))
            let (i, f, g) = (gates[0][5], gates[1][5], gates[2][5])
            let c = Double(f) * Double(point.before[65]) + Double(i) * Double(g)
            #expect(abs(c - Double(point.values[65])) < 1e-6)
        }
        let expected = points.indices.filter { reader.gates(at: points[$0], layer: 0)![1][4] > 0.5 }
        #expect(try hits("f[0][4] > 0.5", points, gates: reader) == expected)
        #expect(try hits("saturation(o[1]) >= 0", points, gates: reader) == Array(points.indices))
        #expect(try hits("saturation(o[1]) > 0.9", points, gates: reader) == [])
    }

    @Test func operatorsHaveTheUsualPrecedence() throws {
        let points = try points(TestModel.make(), "abcdefghij")
        func expect(_ expression: String, _ isExpected: (Int) -> Bool) throws {
            #expect(try hits(expression, points) == (0..<10).filter(isExpected), "\(expression)")
        }
        try expect("token == 1 or token == 2 and token == 3") { $0 == 1 }
        try expect("(token == 1 or token == 2) and token == 2") { $0 == 2 }
        try expect("not token < 8 or token == 0") { $0 >= 8 || $0 == 0 }
        try expect("not (token < 8 or token == 9)") { $0 == 8 }
        try expect("token - 2 - 1 == 4") { $0 == 7 }
        try expect("2 + token * 2 == 8") { $0 == 3 }
        try expect("(2 + token) * 2 == 8") { $0 == 2 }
        try expect("-token < -7") { $0 > 7 }
        try expect("|token - 5| <= 1") { (4...6).contains($0) }
        try expect("|-(token - 5)| == |2|") { $0 == 3 || $0 == 7 }
        try expect("token * 1e-1 > .75") { $0 > 7 }
        try expect("token crosses 4") { $0 == 4 }
        try expect("token crosses 4 or 6 > token and token > 4.5") { $0 == 4 || $0 == 5 }
    }

    @Test func comparisonsWithMissingQuantitiesAreFalse() throws {
        var config = TestModel.config()
        config.startToken = nil
        let points = try points(TestModel.make(config), "ab")
        #expect(points[0].token?.surprisal == nil)
        #expect(try hits("surprisal > 0", points) == [1])
        #expect(try hits("surprisal <= 0", points) == [])
        #expect(try hits("surprisal crosses 1", points) == [])
    }

    @Test(
        arguments: [
            ("", 1, "expected a quantity or a number, found the end"),
            ("surprisal", 1, "expected a condition, found a number"),
            ("surprisal >", 12, "expected a quantity or a number, found the end"),
            ("surprisal > > 3", 13, "expected a quantity or a number, found '>'"),
            ("surprisal > 3 token", 15, "expected 'and', 'or' or the end, found 'token'"),
            ("1 < token < 3", 11, "expected 'and', 'or' or the end, found '<'"),
            ("surprisal = 3", 11, "unexpected '='; expected '=='"),
            ("(token > 3", 11, "expected ')', found the end"),
            ("|token > 3", 8, "expected '|', found '>'"),
            ("token > 3 and 5", 15, "expected a condition, found a number"),
            ("not token", 5, "expected a condition, found a number"),
            ("(token > 3) + 1 > 2", 1, "expected a number, found a condition"),
            ("error > 2", 1, "expected a number, found a condition"),
            ("token > 1.2.3", 9, "'1.2.3' is not a number"),
            ("token > 3 & x", 11, "unexpected character '&'"),
            ("h[2][0] > 1", 3, "there is no layer 2: the model has 2, from 0 to 1"),
            ("h[0][20] > 1", 6, "there is no unit 20: the model has 20, from 0 to 19"),
            ("h[-1][0] > 1", 3, "expected the number of a layer, found '-'"),
            ("h[0.5][0] > 1", 3, "expected the number of a layer, found '0.5'"),
            ("h[0] > 1", 6, "expected '[', found '>'"),
            ("norm(3) > 1", 6, "expected a vector such as h[0], found '3'"),
            ("norm(f[0]) > 1", 6, "norm needs h or c, such as h[0]"),
            ("saturation(h[0]) > 1", 12, "saturation needs a gate, such as f[0]"),
            ("text > 3", 6, "expected 'matches', found '>'"),
            ("text matches the", 14, "expected a regular expression such as /regret|sorry/"),
            ("text matches /the", 14, "the regular expression has no closing /"),
            (
                "text matches /(/", 15,
                "'(' is not a regular expression: missing closing parenthesis"
            ),
            (
                "text matches /a[/", 15,
                "'a[' is not a regular expression: missing terminating ] for character class"
            ),
            ("text matches /a/x", 14, "unknown flag 'x'; expected i or none"),
        ])
    func errorsPointAtTheirColumn(expression: String, column: Int, message: String) throws {
        let error = #expect(throws: ExpressionError.self) {
            _ = try ValueExpression(expression, for: config, isCondition: true)
        }
        #expect(error == ExpressionError(expression, column: column, message))
    }

    @Test func errorsNameWhatTheModelLacks() throws {
        func message(_ expression: String, _ config: ModelConfig) -> String? {
            do throws(ExpressionError) {
                _ = try ValueExpression(expression, for: config, isCondition: true)
                return nil
            } catch {
                return error.message
            }
        }
        var headless = TestModel.config(.gru)
        headless.heads = .init(next: true, sentiment: false)
        #expect(message("c[0][1] > 1", headless) == "c: this gru has no cell state")
        #expect(message("r[0][1] > 1", headless) == nil)
        #expect(
            message("sentiment > 1", headless) == "the model has no head for sentiment")
        #expect(
            message("f[0][1] > 1", headless)?.hasPrefix("unknown name 'f'; expected one of") == true
        )
        #expect(
            message("suprisal > 1", config) == "unknown name 'suprisal'; did you mean 'surprisal'?")
    }

    @Test func errorsMarkTheColumn() {
        let error = ExpressionError("token > > 3", column: 9, "expected a number")
        #expect("\(error)" == "column 9: expected a number\n  token > > 3\n          ^")
        let long = String(repeating: "(", count: 1000) + "x" + String(repeating: ")", count: 1000)
        let lines = "\(ExpressionError(long, column: 1001, "no"))".split(separator: "\n")
        #expect(lines[1].count < 130)
        #expect(Array(lines[1])[lines[2].count - 1] == "x")
    }

    // MARK: Bounds

    /// Parsing and evaluation are recursive, so the nesting of every form is limited.
    @Test(arguments: ["(", "|", "not ", "-", "not (", "-(", "|-"])
    func tooDeepNestingIsRejected(opening: String) throws {
        let nested = opening.count { "(|-n".contains($0) }
        func expression(_ depth: Int) -> String {
            let isTruth = opening.contains("not") || opening == "("
            let closing = opening.contains("(") ? ")" : opening.contains("|") ? "|" : ""
            let inner =
                String(repeating: opening, count: depth / nested)
                + (isTruth ? "token == 1" : "token")
                + String(repeating: closing, count: depth / nested)
            return isTruth ? inner : inner + " == 1"
        }
        _ = try ValueExpression(expression(62), for: config, isCondition: true)
        for depth in [68, 30_000] {
            let error = #expect(throws: ExpressionError.self) {
                _ = try ValueExpression(expression(depth), for: config, isCondition: true)
            }
            #expect(error?.message == "expected at most 64 nested parts")
        }
    }

    @Test(arguments: [" or token == 1", " and token == 1", " + 1", " * 1"])
    func tooLongConditionsAreRejected(part: String) throws {
        func expression(_ count: Int) -> String {
            let parts = String(repeating: part, count: count)
            return part.contains("==") ? "token == 1" + parts : "token" + parts + " == 1"
        }
        let points = try points(TestModel.make(), "ab")
        _ = try hits(expression(490), points)
        let error = #expect(throws: ExpressionError.self) {
            _ = try ValueExpression(expression(30_000), for: config, isCondition: true)
        }
        #expect(error?.message == "expected at most 2000 words and signs")
    }

    /// Excessive backtracking ends with an error. Usual expressions do not reach the limit.
    @Test func aRegularExpressionIsBounded() throws {
        let points = try points(TestModel.make(), String(repeating: "a", count: 64) + "\n")
        func outcome(_ pattern: String) -> String {
            do {
                return "\(try hits("text matches /\(pattern)/", points).count)"
            } catch {
                return "\(error)"
            }
        }
        for pattern in ["(.*)*(.*)*(.*)*[xz]", "(a+)+[bc]", "(?:a|aa)+[yz]", "(a|a)*[bc]"] {
            #expect(
                outcome(pattern)
                    == "/\(pattern)/ takes more than 1000000 steps in one text; expected fewer "
                    + "nested repetitions")
        }
        #expect(outcome("(.*)*(.*)*(.*)*x") == "0")
        #expect(outcome("a.*a.*a$") == "62")
        #expect(outcome("(?R)").hasPrefix("/(?R)/ cannot be searched for: "))
        for pattern in [
            String(repeating: "(", count: 30_000) + "a" + String(repeating: ")", count: 30_000),
            "((((a{1000}){1000}){1000}){1000})",
        ] {
            #expect(
                outcome(pattern).contains("is not a regular expression"), "\(pattern.prefix(9))")
        }
    }

    @Test func aMatchEndsInTheToken() throws {
        let points = try points(TestModel.make(), "ab\u{e9}ab \u{5d0}b", "x\u{ff}")
        #expect(try hits("text matches /b/", points) == [1, 5, 9])
        #expect(try hits("text matches /\\w\\b/", points).contains(0))
        // A character can match only when its last byte has been read.
        #expect(try hits("text matches /\u{c9}/i", points) == [3])
        #expect(try hits("text matches /(?<=a)b|a*/", points).contains(1))
        #expect(try hits("text matches /a?/", points) == [0, 4])
        #expect(try hits("text matches /a\\Kb/", points) == [1, 5])
    }
}
