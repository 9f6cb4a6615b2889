import Foundation
import TestSupport
import Testing

/// What a service manager with `WatchdogSec=` hears of a real daemon.
@Suite(.blocking) struct WatchdogTests {
    /// Runs its arguments as a service. It stops one thread of it after the other, as a debugger does,
    /// and the daemon's signs of life must end and come back with that thread.
    private static let manager = """
        import ctypes, os, signal, socket, subprocess, sys, time
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        SEIZE, INTERRUPT, DETACH, WALL = 0x4206, 0x4207, 17, 0x40000000

        path = os.path.join(sys.argv[1], "notify")
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        manager.bind(path)
        manager.settimeout(60)
        service = subprocess.Popen(
            sys.argv[2:], env=os.environ | {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "400000"})

        def until(wanted):
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                message = manager.recv(4096).decode()
                if wanted(message):
                    return message
            sys.exit("waited too long")

        def trace(request, thread):
            if libc.ptrace(request, thread, None, None):
                sys.exit("ptrace: " + os.strerror(ctypes.get_errno()))

        try:
            until(lambda message: "READY=1" in message)
            print(until(lambda message: message.startswith("STATUS=serving: ")))
            for _ in range(5):
                until("WATCHDOG=1".__eq__)
            threads = {}
            for thread in os.listdir(f"/proc/{service.pid}/task"):
                with open(f"/proc/{service.pid}/task/{thread}/comm") as file:
                    threads[file.read().strip()] = int(thread)
            for name in (
                "gate", "ingress", "acknowledged", "submitting", "shard 0", "journal", "egress 0",
                "control",
            ):
                trace(SEIZE, threads[name])
                trace(INTERRUPT, threads[name])
                os.waitpid(threads[name], WALL)
                until(lambda message: f"thread {name} for" in message)
                for _ in range(3):
                    message = manager.recv(4096).decode()
                    if f"thread {name} for" not in message:
                        sys.exit(f"{name} is stopped, and yet: {message}")
                trace(DETACH, threads[name])
                until("WATCHDOG=1".__eq__)
                print(name)
            service.send_signal(signal.SIGTERM)
            until(lambda message: message.startswith("STOPPING=1"))
            sys.exit(service.wait(60))
        finally:
            service.kill()
        """

    @Test func aThreadThatHangsEndsTheSignsOfLife() throws {
        let folder = try TemporaryFolder()
        let sockets = ["in", "in-pull", "in-router", "out", "control"].flatMap {
            ["--\($0)", "ipc://\(folder.path)/\($0)"]
        }
        let result = try SluiceProcess.run(
            ["-c", Self.manager, folder.path, SluiceProcess.executable.path, "serve"] + sockets
                + ["--model", Repository.smallModel, "--threads", "1"]
                + ["--store", folder.path + "/store"], executable: SluiceProcess.python)
        #expect(result.status == 0, "\(result.output)\n\(result.errors)")
        let status = try #require(result.lines.first)
        #expect(
            try /STATUS=serving: streams 0, connections \d+, store [0-9.]+ kB/
                .wholeMatch(in: status) != nil, "\(status)")
        #expect(result.lines.count == 9)
        for thread in result.lines.dropFirst() {
            #expect(result.errors.contains("thread=\(thread)"))
        }
        #expect(result.errors.contains("a thread does not advance"))
        #expect(result.errors.contains("the thread advances again"))
    }
}
