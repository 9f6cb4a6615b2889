import CLinux
import Files
import Glibc

/// Becomes readable when something may have changed at a path or in some open files.
///
/// It watches each folder in which a part of the path is looked up (`PathSteps`), and the files, with
/// inotify(7). Where inotify is not available or misses changes, as on network file systems, it also
/// becomes readable every second.
struct PathWatch: Sendable {
    /// Readable when `takeChanges` may return true.
    let descriptor: Descriptor

    private let inotify: Inotify?
    private let timer: Descriptor
    /// By watch, the names in that folder that matter.
    private var folders: [Int32: Set<String>] = [:]
    private var files: Set<Int32> = []
    /// Whether the timer runs.
    private(set) var isPolling = false

    init() throws(ClientError) {
        inotify = Inotify()
        descriptor = Descriptor(
            FileDescriptor(owning: epoll_create1(Int32(EPOLL_CLOEXEC))))
        timer = Descriptor(
            FileDescriptor(
                owning: timerfd_create(CLOCK_MONOTONIC, Int32(TFD_CLOEXEC | TFD_NONBLOCK))))
        guard descriptor.number >= 0, timer.number >= 0 else {
            throw .readFailed(path: "epoll", reason: "\(Errno.last)")
        }
        add(timer, EPOLLIN.rawValue)
        if let inotify { add(inotify.descriptor, EPOLLIN.rawValue) }
    }

    /// Watches the present folders of the path and these files, and nothing else.
    mutating func watch(_ path: String, files watched: [Descriptor]) {
        var folders: [Int32: Set<String>] = [:]
        var canMiss = inotify == nil
        PathSteps.walk(path) { step in
            guard let number = inotify?.watch(folder: step.folder, &canMiss) else { return }
            folders[number, default: []].insert(step.name)
        }
        var files: Set<Int32> = []
        for file in watched {
            if let number = inotify?.watch(file, &canMiss) { files.insert(number) }
            // A pipe or a terminal becomes readable by itself; a regular file does not.
            add(file, EPOLLIN.rawValue | EPOLLET.rawValue)
        }
        for old in self.files.union(self.folders.keys)
        where folders[old] == nil && !files.contains(old) {
            inotify?.remove(old)
        }
        self.folders = folders
        self.files = files
        setPolling(canMiss)
    }

    /// Whether the path may mean another file since the last call. Open it after the call.
    func takeChanges() -> Bool {
        // Pipes report new bytes once; this takes their reports, too.
        var events = unsafe [epoll_event](repeating: epoll_event(), count: 64)
        _ = unsafe epoll_wait(descriptor.number, &events, 64, 0)
        var expirations: UInt64 = 0
        let hasExpired = unsafe read(timer.number, &expirations, 8) == 8
        return inotify?.takeEvents { watch, name, mask in
            guard let names = folders[watch] else {
                return files.contains(watch) && mask & UInt32(IN_MODIFY) == 0
            }
            return name.isEmpty || names.contains(name)
        } ?? false || hasExpired
    }

    private func add(_ file: Descriptor, _ events: UInt32) {
        var event = unsafe epoll_event()
        unsafe event.events = events
        _ = unsafe epoll_ctl(descriptor.number, EPOLL_CTL_ADD, file.number, &event)
    }

    private mutating func setPolling(_ on: Bool) {
        guard on != isPolling else { return }
        isPolling = on
        let second = timespec(tv_sec: on ? 1 : 0, tv_nsec: 0)
        var setting = itimerspec(it_interval: second, it_value: second)
        _ = unsafe timerfd_settime(timer.number, 0, &setting, nil)
    }
}
