#include "CKernels.h"

void sluice_write_panel(const float *source, ptrdiff_t rows, ptrdiff_t k, float *panel) {
    for (ptrdiff_t i = 0; i < k; i++) {
        for (ptrdiff_t row = 0; row < rows; row++) {
            panel[i * SLUICE_LANES + row] = source[row * k + i];
        }
    }
}
