#include <lzma.h>

// Swift does not see what this macro makes of its number.
static const uint32_t sluice_lzma_concatenated = LZMA_CONCATENATED;
