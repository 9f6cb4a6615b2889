// Tells ThreadSanitizer of the locks and queues of Swift's own libraries, which are not instrumented: without
// it, whatever they guard looks like a race. Loaded before them by deploy/sanitize (LD_PRELOAD).
//
// Each function calls the one that it stands for. `release` says that what this thread has done so far is
// seen by who comes to the same address later; `acquire` is the other side. Around what a queue runs there
// are both, also for the readers of a concurrent queue: of those, a race among each other is not found.
#define _GNU_SOURCE
#include <dispatch/dispatch.h>
#include <dlfcn.h>
#include <stdint.h>

// Other programs, such as Python, are not instrumented.
extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static void acquire(void *address) {
    if (__tsan_acquire) __tsan_acquire(address);
}

static void release(void *address) {
    if (__tsan_release) __tsan_release(address);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

// Synchronization.Mutex: where a thread has to wait, or to wake another. The rest is inlined.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK_SLOW "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

SWIFT void lock_slow(uint32_t thread, SELF void *mutex) __asm__(LOCK_SLOW);
SWIFT void lock_slow(uint32_t thread, SELF void *mutex) {
    ((SWIFT void (*)(uint32_t, SELF void *))dlsym(RTLD_NEXT, LOCK_SLOW))(thread, mutex);
    acquire(mutex);
}

SWIFT void unlock_slow(SELF void *mutex) __asm__(UNLOCK_SLOW);
SWIFT void unlock_slow(SELF void *mutex) {
    release(mutex);
    ((SWIFT void (*)(SELF void *))dlsym(RTLD_NEXT, UNLOCK_SLOW))(mutex);
}

// Dispatch: semaphores and groups.
intptr_t dispatch_semaphore_signal(dispatch_semaphore_t semaphore) {
    release(semaphore);
    return NEXT(dispatch_semaphore_signal)(semaphore);
}

intptr_t dispatch_semaphore_wait(dispatch_semaphore_t semaphore, dispatch_time_t deadline) {
    intptr_t status = NEXT(dispatch_semaphore_wait)(semaphore, deadline);
    if (status == 0) acquire(semaphore);
    return status;
}

void dispatch_group_leave(dispatch_group_t group) {
    release(group);
    NEXT(dispatch_group_leave)(group);
}

intptr_t dispatch_group_wait(dispatch_group_t group, dispatch_time_t deadline) {
    intptr_t status = NEXT(dispatch_group_wait)(group, deadline);
    if (status == 0) acquire(group);
    return status;
}

// Dispatch: queues.
#define GUARDED(queue, block) \
    ^{                        \
      acquire(queue);         \
      block();                \
      release(queue);         \
    }

void dispatch_sync(dispatch_queue_t queue, dispatch_block_t block) {
    NEXT(dispatch_sync)(queue, GUARDED(queue, block));
    acquire(queue);
}

void dispatch_barrier_sync(dispatch_queue_t queue, dispatch_block_t block) {
    NEXT(dispatch_barrier_sync)(queue, GUARDED(queue, block));
    acquire(queue);
}

void dispatch_async(dispatch_queue_t queue, dispatch_block_t block) {
    release(queue);
    NEXT(dispatch_async)(queue, GUARDED(queue, block));
}

void dispatch_barrier_async(dispatch_queue_t queue, dispatch_block_t block) {
    release(queue);
    NEXT(dispatch_barrier_async)(queue, GUARDED(queue, block));
}

void dispatch_group_async(dispatch_group_t group, dispatch_queue_t queue, dispatch_block_t block) {
    release(queue);
    NEXT(dispatch_group_async)(group, queue, ^{
      acquire(queue);
      block();
      release(queue);
      release(group);
    });
}

void dispatch_apply(size_t count, dispatch_queue_t queue, void (^block)(size_t)) {
    void *place = (void *)&count;
    release(place);
    NEXT(dispatch_apply)(count, queue, ^(size_t index) {
      acquire(place);
      block(index);
      release(place);
    });
    acquire(place);
}
