// zmq.h, and what zmq_poll is used with here that the Glibc module lacks.
#include <sys/eventfd.h>
#include <zmq.h>
