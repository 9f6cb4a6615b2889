extension Collection<Double> {
    /// The middle value, or the mean of the two middle ones; nan of none.
    package var median: Double {
        guard !isEmpty else { return .nan }
        let ordered = sorted()
        let middle = ordered.count / 2
        return ordered.count.isMultiple(of: 2)
            ? (ordered[middle - 1] + ordered[middle]) / 2 : ordered[middle]
    }
}

extension Collection<Elapsed> {
    /// The medians of wall and CPU time, each by itself.
    var median: Elapsed { Elapsed(wall: map(\.wall).median, cpu: map(\.cpu).median) }
}
