/// Which events of a stream are published, and to whom.
struct StreamAudience {
    private(set) var wanted = Wanted()
    /// Of the demand that `wanted` was taken from.
    private(set) var generation: UInt64 = 0
    /// Of the request that is being read; nil before it is begun.
    private(set) var ofRequest: Audience?
    /// Not all of the request's events have the same audience.
    private(set) var isMixed = false
    /// It does not depend on the present subscribers.
    private(set) var isGiven = false

    mutating func refresh(_ wanted: Wanted, generation: UInt64) {
        self.wanted = wanted
        self.generation = generation
    }

    mutating func setWanted(_ wanted: Wanted) { self.wanted = wanted }

    /// The request that is read now was read before: its events go to those who had them then.
    mutating func give(_ wanted: Wanted) {
        isGiven = true
        self.wanted = wanted
    }

    mutating func begin(_ audience: Audience) { ofRequest = audience }

    mutating func noteMixed() { isMixed = true }

    /// The request has been read to its end.
    mutating func end() {
        if isGiven { generation = 0 }
        (isGiven, isMixed, ofRequest) = (false, false, nil)
    }
}
