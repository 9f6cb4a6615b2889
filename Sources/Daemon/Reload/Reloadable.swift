/// A part of the daemon that takes new settings while it runs.
protocol Reloadable: Sendable {
    /// Does everything that can fail, and changes nothing yet. The returned value makes the change;
    /// without that it leaves nothing behind.
    ///
    /// - Throws: `ReloadError` of keys whose values cannot be used now.
    func prepare(_ change: Reload) throws(ReloadError) -> PreparedReload
}

/// The settings before and after.
struct Reload: Sendable {
    let old: Configuration
    let new: Configuration
}

/// A change that can no longer fail.
struct PreparedReload: Sendable {
    /// What changes besides the values of keys, for the report.
    var notes: [String] = []
    let commit: @Sendable () -> Void

    init(notes: [String] = [], commit: @escaping @Sendable () -> Void) {
        self.notes = notes
        self.commit = commit
    }

    static let nothing = PreparedReload {}
}
