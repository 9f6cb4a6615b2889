// zmq.h, and what the Glibc module lacks: eventfd(2) for zmq_poll, epoll(7) and malloc_trim(3) for the gate.
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <zmq.h>
