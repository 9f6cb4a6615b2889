import StrictTOML

extension AccessControl: Reloadable {
    /// Reads the list of keys again, whether or not the configuration has changed.
    func prepare(_ change: Reload) throws(ReloadError) -> PreparedReload {
        let new: AccessList
        do throws(ConfigurationError) {
            new = try change.new.access.list()
        } catch {
            throw ReloadError(problems: error.lines)
        }
        let (old, limits) = (list, change.new.limits.key)
        let hasNewLimits = limits != change.old.limits.key
        guard new != old || hasNewLimits else { return .nothing }
        return PreparedReload(notes: new == old ? [] : [Self.note(from: old, to: new)]) { [self] in
            if hasNewLimits { setUsualLimits(limits) }
            if new != old { replace(new) }
        }
    }

    private static func note(from old: AccessList, to new: AccessList) -> String {
        func names(_ list: AccessList, notIn other: AccessList) -> [String] {
            list.keys.filter { !other.keys.contains($0) }.map(\.name)
        }
        let added = names(new, notIn: old)
        let removed = names(old, notIn: new).filter { new.key(named: $0) == nil }
        let parts = [("set", added), ("revoked", removed)].filter { !$0.1.isEmpty }
            .map { "\($0.0) \($0.1.joined(separator: ", "))" }
        return "keys: \(new.keys.count); " + parts.joined(separator: "; ")
    }
}
