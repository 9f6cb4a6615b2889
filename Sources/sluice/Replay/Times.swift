import ArgumentParser
import Engine
import Foundation
import Replay

/// `2026-11-24T06:04:04.250Z`, from seconds since 1970.
func timestamp(_ seconds: Double) -> String {
    Date(timeIntervalSince1970: seconds).formatted(
        Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}

/// Seconds since 1970 of such a text, of a shorter one (`2026-11-24`, `2026-11-24T06:04`, in UTC),
/// or of seconds.
func parsedTime(_ text: String) throws -> Double {
    if let seconds = Double(text), seconds.isFinite { return seconds }
    var full = text.replacing(" ", with: "T")
    for (length, rest) in [(10, "T00:00:00Z"), (16, ":00Z"), (19, "Z")]
    where full.count == length && !full.hasSuffix("Z") {
        full += rest
    }
    let styles: [Date.ISO8601FormatStyle] = [
        .iso8601, Date.ISO8601FormatStyle(includingFractionalSeconds: true),
    ]
    for style in styles {
        if let date = try? Date(full, strategy: style) { return date.timeIntervalSince1970 }
    }
    throw ValidationError(
        "'\(text)' is no time; expected one such as 2026-11-24, 2026-11-24T06:04:04Z, or seconds "
            + "since 1970")
}

/// `token:120`, `message:3`, `byte:5000`, `request:17`, `time:2026-11-24T06:04`; a number alone is
/// a token's index.
struct PlaceText {
    enum Unit: String, CaseIterable { case token, message, byte, request, time }

    let unit: Unit
    let number: UInt64
    let time: Double

    init(_ text: String) throws {
        let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
        let unit = parts.count == 2 ? Unit(rawValue: parts[0]) : .token
        guard let unit, let value = parts.last else { throw Self.refusal(text) }
        self.unit = unit
        time = unit == .time ? try parsedTime(value) : 0
        guard unit != .time else {
            number = 0
            return
        }
        guard let number = UInt64(value) else { throw Self.refusal(text) }
        self.number = number
    }

    /// - Parameter epoch: whose tokens are counted; nil for those of the whole life.
    func place(epoch: UInt64?) -> SessionPlace {
        switch unit {
        case .token: epoch.map { .epochToken(epoch: $0, number) } ?? .token(number)
        case .message: .message(epoch: epoch ?? 0, number)
        case .byte: .offset(epoch: epoch ?? 0, number)
        case .request: .request(number)
        case .time: .time(time)
        }
    }

    private static func refusal(_ text: String) -> ValidationError {
        ValidationError(
            "'\(text)' is no place; expected a token's index, or one such as token:120, message:3, "
                + "byte:5000, request:17 or time:2026-11-24T06:04")
    }
}

extension SessionPlace {
    /// Before the first token of the next epoch.
    init(endOfEpoch epoch: UInt64) {
        self = epoch == .max ? .end : .epochToken(epoch: epoch + 1, 0)
    }
}

func parsedPlace(_ text: String) throws -> PlaceText { try PlaceText(text) }
