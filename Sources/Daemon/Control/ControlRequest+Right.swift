import Wire

extension ControlRequest.Operation {
    /// The rights of which a client needs one, and the stream that it is about, if it is about one.
    ///
    /// A subscriber may have what it missed. `put` names its stream in the snapshot if not here; `list`
    /// names a prefix.
    var authority: (rights: [AccessRight], stream: StreamID?) {
        switch self {
        case .status: ([.control], nil)
        case .list: ([.control, .subscribe], nil)
        case .position(let place): ([.control, .subscribe], place.stream)
        case .backfill(let backfill): ([.control, .subscribe], backfill.place.stream)
        case .show(let stream), .get(let stream): ([.control], stream)
        case .put(let stream, _): ([.control], stream)
        case .reset(let stream), .end(let stream), .flush(let stream): ([.control], stream)
        case .evict(let stream): ([.admin], stream)
        case .checkpoint, .connections, .kick, .drain, .lameDuck, .reload, .logLevel:
            ([.admin], nil)
        }
    }

    /// As requests name it.
    var name: String {
        switch self {
        case .status: "status"
        case .list: "list"
        case .position: "position"
        case .backfill: "backfill"
        case .show: "show"
        case .get: "get"
        case .put: "put"
        case .reset: "reset"
        case .end: "end"
        case .flush: "flush"
        case .evict: "evict"
        case .checkpoint: "checkpoint"
        case .connections: "connections"
        case .kick: "kick"
        case .drain: "drain"
        case .lameDuck: "lame_duck"
        case .reload: "reload"
        case .logLevel: "log_level"
        }
    }

    /// Whether the audit log has it also where it is allowed and succeeds: it changes something, or
    /// hands out what a stream has read. Backfill hands out what its outputs have published.
    var isAudited: Bool {
        switch self {
        case .status, .list, .position, .backfill, .connections: false
        case .show, .get, .put, .reset, .end, .flush, .evict, .checkpoint, .kick, .drain, .lameDuck,
            .reload, .logLevel:
            true
        }
    }
}
