package final class JournalWriter {
    package var nextKey: StreamKey { 1 }
    package func write(_ entries: [JournalEntry]) throws(JournalError) {}
    package func endRun() throws(JournalError) {}
    package func close() {}
}
package final class JournalReader {
    package init(path: String) throws(JournalError) {}
}
