import PlainText

/// Everything that was found.
package struct DoctorReport: Equatable, Sendable {
    package let findings: [DoctorFinding]

    package init(_ findings: [DoctorFinding]) { self.findings = findings }

    package func count(_ level: DoctorFinding.Level) -> Int {
        findings.count { $0.level == level }
    }

    package var hasErrors: Bool { count(.error) > 0 }

    /// A line for each finding, a second one for what to do, and a summary.
    package var text: String {
        let levels = DoctorFinding.Level.allCases
        let width = (DoctorCheck.allCases.map(\.rawValue.count).max() ?? 0) + 2
        let indent = String(repeating: " ", count: 9 + width)
        let lines = findings.flatMap { finding in
            let head =
                finding.level.rawValue.padded(to: 9) + finding.check.rawValue.padded(to: width)
            let remedy = finding.remedy.map { [indent + "-> " + $0.escapedForTerminal()] } ?? []
            return [head + finding.message.escapedForTerminal()] + remedy
        }
        let summary = levels.map { "\(count($0)) \($0.rawValue)" }.joined(separator: ", ")
        return (lines + ["", summary, ""]).joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(1, width - count))
    }
}
