/// What was found about one thing, and what to do about it.
package struct DoctorFinding: Codable, Equatable, Sendable {
    package enum Level: String, CaseIterable, Codable, Sendable {
        case ok
        /// This user cannot see it.
        case unknown
        case warning
        case error
    }

    package let check: DoctorCheck
    package let level: Level
    /// One sentence, without a period.
    package let message: String
    /// What to do, in one sentence without a period; nil where there is nothing to do.
    package let remedy: String?

    package static func ok(_ check: DoctorCheck, _ message: String) -> Self {
        Self(check: check, level: .ok, message: message, remedy: nil)
    }

    package static func unknown(
        _ check: DoctorCheck, _ message: String,
        _ remedy: String = "run it as root or as the daemon's user"
    ) -> Self {
        Self(check: check, level: .unknown, message: message, remedy: remedy)
    }

    package static func warning(
        _ check: DoctorCheck, _ message: String, _ remedy: String
    ) -> Self {
        Self(check: check, level: .warning, message: message, remedy: remedy)
    }

    package static func error(
        _ check: DoctorCheck, _ message: String, _ remedy: String
    ) -> Self {
        Self(check: check, level: .error, message: message, remedy: remedy)
    }
}
