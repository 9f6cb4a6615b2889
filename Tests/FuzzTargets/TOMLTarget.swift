import Foundation
import StrictTOML

@testable import Daemon
@testable import Training

/// A configuration, a recipe, and TOML itself: what is read is written so that it reads back equal.
///
///     what it is u8 | document
enum TOMLTarget {
    static let target = FuzzTarget("toml", seeds: seeds) { check }

    private static func check(_ bytes: [UInt8]) throws {
        var input = FuzzInput(bytes)
        let kind = input.number(below: 3)
        guard let document = String(validating: input.all(), as: UTF8.self) else { return }
        switch kind {
        case 0:
            try checkReading(document, Configuration.codec, \.inconsistencies) { $0.document }
        case 1: try checkReading(document, Recipe.codec, \.inconsistencies) { $0.document }
        default: try checkValue(document)
        }
    }

    private static func checkReading<Value: Equatable>(
        _ document: String, _ codec: ConfigurationCodec<Value>,
        _ inconsistencies: (Value) -> [ConfigurationError.Problem], written: (Value) -> String
    ) throws {
        func read(_ document: String) throws(ConfigurationError) -> Value {
            try TOMLDocument.read(
                document, source: "fuzz", codec: codec, inconsistencies: inconsistencies)
        }
        let value: Value
        do {
            value = try read(document)
        } catch {
            return try checkMessage(error, document)
        }
        try requireEqual(try read(written(value)), value, "written and read")
    }

    private static func checkMessage(_ error: ConfigurationError, _ document: String) throws {
        try require(!error.problems.isEmpty, "a problem")
        let lines = document.utf8.count { $0 == 0x0A } + 1
        for problem in error.problems {
            try require(!problem.text.isEmpty, "a problem is described")
            guard let position = problem.position else { continue }
            try require(
                (1...lines + 1).contains(position.line) && position.column >= 1,
                "the place \(position) in \(lines) lines")
        }
    }

    private static func checkValue(_ document: String) throws {
        guard let value = try? ConfigurationValue.parse(document), value.canBeWritten else {
            return
        }
        let written = value.document
        try requireEqual(try ConfigurationValue.parse(written).document, written, "written twice")
    }

    private static func seeds() throws -> [[UInt8]] {
        let repository = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../..").standardizedFileURL
        func file(_ path: String) throws -> [UInt8] {
            Array(try Data(contentsOf: repository.appending(path: path)))
        }
        return [
            [0] + (try file("deploy/configuration/sluice.toml")),
            [0] + Configuration().document.utf8, [0] + "log.level = \"debug\"\n".utf8,
            [0] + "[[input]]\ntype = \"router\"\nbind = [\"tcp://127.0.0.1:5604\"]\n".utf8,
            [1] + (try file("deploy/recipes/first.toml")),
            [1] + (try file("deploy/recipes/small-lstm.toml")),
            [2] + "[.x]]\n".utf8, [2] + "[[[x]y]]\n".utf8, [2] + "a = [}".utf8,
            [2] + "a = 1979-05-27T\"p\"01".utf8, [2] + "a = ['''b'''',}".utf8,
            [2] + "a = [\"\"\"b\"\"\"\"]\n[.x]".utf8, [2] + "a = [\u{2028}]".utf8,
            [2] + "a.b = [1, 2.5, {c = 'x'}]\n[t]\nd = 1979-05-27T07:32:00Z\n".utf8,
            [2] + "[[x]]\ns = \"\"\"\na\\\n b\"\"\"\n[[x]]\n\"q q\" = inf\nh = 0xFF_0\n".utf8,
        ]
    }
}

extension ConfigurationValue {
    /// Whether nothing in it is a date or a time.
    fileprivate var canBeWritten: Bool {
        switch self {
        case .text, .integer, .number, .flag: true
        case .list(let values): values.allSatisfy(\.canBeWritten)
        case .table(let entries): entries.allSatisfy(\.value.canBeWritten)
        case .other: false
        }
    }
}
