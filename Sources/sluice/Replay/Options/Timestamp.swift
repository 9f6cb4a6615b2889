import ArgumentParser
import Foundation

/// Times in ISO 8601, and in seconds since 1970.
enum Timestamp {
    /// `2026-11-24T06:04:04.250Z`, from seconds since 1970.
    static func text(_ seconds: Double) -> String {
        Date(timeIntervalSince1970: seconds).formatted(
            Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// Seconds since 1970 of such a text, of a shorter one (`2026-11-24`, `2026-11-24T06:04`, in UTC),
    /// or of seconds.
    static func parsed(_ text: String) throws -> Double {
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
            "'\(text)' is not a time; expected one such as 2026-11-24, 2026-11-24T06:04:04Z, or "
                + "seconds since 1970")
    }
}
