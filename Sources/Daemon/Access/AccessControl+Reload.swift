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
        let old = list
        guard new != old else { return .nothing }
        return PreparedReload(notes: [Self.note(from: old, to: new)]) { [self] in replace(new) }
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
