// The library has a set of functions for each width of code units; these are for bytes.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
