import Foundation
import TestSupport
import Testing

/// A wall clock of a process's own, which a test sets: a library that is loaded before libc.
///
/// The machine's clock and all monotonic clocks stay as they are. A wait whose deadline is a time of
/// the wall clock ends when the clock that the process sees comes to it, as it does in the kernel.
final class SteppedClock {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        let source = try folder.write(Self.source, to: "clock.c")
        let built = try SluiceProcess.run(
            ["clang", "-shared", "-fPIC", "-o", folder.path + "/clock.so", source],
            executable: URL(filePath: "/usr/bin/env"))
        try #require(built.status == 0, "\(built.errors)")
        try set(by: 0)
    }

    var environment: [String: String] {
        ["LD_PRELOAD": folder.path + "/clock.so", "STEPPED_CLOCK": folder.path + "/step"]
    }

    /// - Parameter step: seconds by which the clock is ahead of the machine's.
    func set(by step: Int) throws {
        try Data("\(step)\n".utf8).write(
            to: URL(filePath: folder.path + "/step"), options: .atomic)
    }

    private static let source = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <errno.h>
        #include <pthread.h>
        #include <semaphore.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <sys/syscall.h>
        #include <sys/time.h>
        #include <time.h>
        #include <unistd.h>

        static long step(void) {
            FILE *file = fopen(getenv("STEPPED_CLOCK"), "r");
            long seconds = 0;
            if (file && fscanf(file, "%ld", &seconds) != 1) seconds = 0;
            if (file) fclose(file);
            return seconds;
        }

        int clock_gettime(clockid_t clock, struct timespec *time) {
            int status = syscall(SYS_clock_gettime, clock, time);
            if (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) time->tv_sec += step();
            return status;
        }

        int gettimeofday(struct timeval *time, void *zone) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            time->tv_sec = now.tv_sec;
            time->tv_usec = now.tv_nsec / 1000;
            return 0;
        }

        time_t time(time_t *result) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            if (result) *result = now.tv_sec;
            return now.tv_sec;
        }

        static int is_over(const struct timespec *deadline) {
            struct timespec now;
            clock_gettime(CLOCK_REALTIME, &now);
            return now.tv_sec > deadline->tv_sec
                || (now.tv_sec == deadline->tv_sec && now.tv_nsec >= deadline->tv_nsec);
        }

        /* The machine's time in ten milliseconds. */
        static struct timespec soon(void) {
            struct timespec now;
            syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
            now.tv_nsec += 10000000;
            if (now.tv_nsec >= 1000000000) { now.tv_sec += 1; now.tv_nsec -= 1000000000; }
            return now;
        }

        int sem_timedwait(sem_t *semaphore, const struct timespec *deadline) {
            int (*wait)(sem_t *, const struct timespec *) = dlsym(RTLD_NEXT, "sem_timedwait");
            while (1) {
                struct timespec next = soon();
                if (wait(semaphore, &next) == 0) return 0;
                if (errno != ETIMEDOUT || is_over(deadline)) return -1;
            }
        }

        int pthread_cond_timedwait(
            pthread_cond_t *condition, pthread_mutex_t *mutex, const struct timespec *deadline) {
            int (*wait)(pthread_cond_t *, pthread_mutex_t *, const struct timespec *) =
                dlsym(RTLD_NEXT, "pthread_cond_timedwait");
            /* glibc: this bit says that its clock is the monotonic one. */
            if (condition->__data.__wrefs & 2) return wait(condition, mutex, deadline);
            struct timespec next = soon();
            int status = wait(condition, mutex, &next);
            return status == ETIMEDOUT && !is_over(deadline) ? 0 : status;
        }

        """
}
