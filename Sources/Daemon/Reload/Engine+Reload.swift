import Engine

extension Engine: Reloadable {
    func prepare(_ change: Reload) -> PreparedReload {
        let (old, new) = (change.old.engine.idleTimes, change.new.engine.idleTimes)
        guard old != new else { return .nothing }
        return PreparedReload { [self] in setIdleTimes(new) }
    }
}

extension Configuration.EngineSection {
    fileprivate var idleTimes: IdleTimes { IdleTimes(flush: idleFlush, evict: evictAfter) }
}
