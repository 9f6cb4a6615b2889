// adjtimex(2), which the Swift module Glibc leaves out.
#include <sys/timex.h>
