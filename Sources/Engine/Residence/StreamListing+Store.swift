import Names
package import Storage
package import Wire

extension ListedStream {
    /// What streams are identified and ordered by.
    fileprivate var name: Name { Name(stream) }

    package init(_ resident: ResidentStream) {
        self.init(
            stream: resident.stream.text, residence: .resident, incarnation: resident.incarnation,
            epoch: resident.epoch, tokens: resident.tokens, messages: resident.messages,
            lastInput: resident.lastInput,
            isBusy: !resident.isIdle, isQuarantined: resident.isQuarantined)
    }
}

extension StorageReader {
    /// The streams of a page as the store has them, one more than the page holds if there are more:
    /// each name by its latest incarnation.
    package func listedStreams(_ list: ControlList) throws(StorageError) -> [ListedStream] {
        var found: [ListedStream] = []
        var last = list.after.flatMap { try? StreamID($0) }.map(StreamIncarnation.last)
        while found.count <= list.limit {
            let page = try summaries(
                SummarySelection(
                    prefix: list.prefix, after: last, limit: list.limit + 1,
                    includesEnded: list.includesEnded))
            for summary in page {
                // A name that ended and began again is listed as it is now.
                if found.last?.name == Name(summary.incarnation.name.text) { found.removeLast() }
                found.append(try listed(summary))
            }
            guard page.count > list.limit else { break }
            last = page.last?.incarnation
        }
        return found
    }

    private func listed(_ summary: IncarnationSummary) throws(StorageError) -> ListedStream {
        var listed = ListedStream(
            stream: summary.incarnation.name.text,
            residence: summary.ended == nil ? .evicted : .ended,
            incarnation: summary.incarnation.number, epoch: summary.epoch, tokens: summary.tokens,
            messages: nil, lastInput: summary.lastInput, damage: summary.damage?.description)
        do {
            if summary.damage == nil { listed.messages = try messages(summary) }
        } catch {
            guard error.code == .damaged else { throw error }
            listed.damage = error.description
        }
        return listed
    }

    /// Only states count them.
    private func messages(_ summary: IncarnationSummary) throws(StorageError) -> UInt64? {
        guard summary.ended == nil,
            let checkpoint = try checkpoint(of: summary.incarnation.key, notAfter: nil),
            checkpoint.sequence >= summary.cut + summary.requests
        else { return nil }
        return try snapshot(of: checkpoint).state.incarnationMessages
    }
}

extension StreamIncarnation {
    /// After all incarnations of a name, and before the next name.
    fileprivate static func last(of name: StreamID) -> StreamIncarnation {
        StreamIncarnation(key: 0, name: name, number: UInt64(Int64.max), began: 0)
    }
}

extension StreamListing {
    /// A page of both, in the order of the names' bytes. A stream in memory is listed as it is there;
    /// the store knows the latest input of a stream that was restored without one.
    ///
    /// - Parameter residents, stored: the first of each, one more than the page holds if there are
    ///   more.
    package init(_ list: ControlList, residents: [ListedStream], stored: [ListedStream]) {
        var rest = Dictionary(stored.map { ($0.name, $0) }) { $1 }
        var all = residents.map { resident in
            var listed = resident
            let known = rest.removeValue(forKey: resident.name)
            listed.lastInput = resident.lastInput ?? known?.lastInput
            return listed
        }
        all += rest.values
        let ordered = all.sorted { $0.name < $1.name }
        let page = Array(ordered.prefix(list.limit))
        self.init(streams: page, next: ordered.count > page.count ? page.last?.stream : nil)
    }
}
