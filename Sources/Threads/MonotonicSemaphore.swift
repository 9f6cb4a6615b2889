package import Dispatch
import Glibc

/// A counting semaphore whose deadlines are times of the monotonic clock.
///
/// On Linux `DispatchSemaphore` waits with sem_timedwait(3), which turns a deadline into a time of
/// the wall clock: a clock that is set back prolongs the wait by the step. Every wait with a
/// deadline in the program is one of these, or poll(2), which takes a span.
@safe package final class MonotonicSemaphore: Sendable {
    /// Protected by its mutex.
    @unsafe private struct State {
        var mutex = unsafe pthread_mutex_t()
        var condition = pthread_cond_t()
        var count: Int
    }

    // On the heap, since pthreads need a fixed address; every access holds the mutex or is `init`'s or
    // `deinit`'s.
    private nonisolated(unsafe) let state: UnsafeMutablePointer<State>

    package init(value: Int = 0) {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State(count: value))
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(&state.pointee.condition, &attributes)
        unsafe pthread_mutex_init(&state.pointee.mutex, nil)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(&state.pointee.condition)
        unsafe pthread_mutex_destroy(&state.pointee.mutex)
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    package func signal() {
        unsafe pthread_mutex_lock(&state.pointee.mutex)
        unsafe state.pointee.count += 1
        // Before the mutex is released: the woken thread may free this semaphore.
        unsafe pthread_cond_signal(&state.pointee.condition)
        unsafe pthread_mutex_unlock(&state.pointee.mutex)
    }

    /// Takes one signal, waiting for it if need be. False if none came by the deadline.
    @discardableResult
    package func wait(until deadline: DispatchTime = .distantFuture) -> Bool {
        unsafe pthread_mutex_lock(&state.pointee.mutex)
        defer { unsafe pthread_mutex_unlock(&state.pointee.mutex) }
        var isInTime = true
        while unsafe state.pointee.count == 0 {
            guard isInTime else { return false }
            isInTime = waitOnce(until: deadline)
        }
        unsafe state.pointee.count -= 1
        return true
    }

    /// False if the deadline has passed.
    private func waitOnce(until deadline: DispatchTime) -> Bool {
        guard deadline != .distantFuture else {
            unsafe pthread_cond_wait(&state.pointee.condition, &state.pointee.mutex)
            return true
        }
        // On Linux these are nanoseconds of CLOCK_MONOTONIC.
        let (seconds, rest) = deadline.uptimeNanoseconds.quotientAndRemainder(
            dividingBy: 1_000_000_000)
        var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(rest))
        let status = unsafe pthread_cond_timedwait(
            &state.pointee.condition, &state.pointee.mutex, &time)
        return status != ETIMEDOUT
    }
}
