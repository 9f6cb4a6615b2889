extension LogSettings: Reloadable {
    func prepare(_ change: Reload) -> PreparedReload {
        PreparedReload { [self] in apply(change.new.log) }
    }
}
