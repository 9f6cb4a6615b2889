// All kernels of one tier. A file for each tier includes this one. It defines LANES (floats in a
// vector), TIER and, if required, the instructions that the compiler may use.
#include "vector.h"

#include "activations.h"
#include "rows.h"
#include "product.h"
#include "cells.h"
#include "layer.h"
#include "skips.h"
#include "head.h"

#define KERNELS_OF(tier) sluice_kernels_##tier
#define KERNELS(tier) KERNELS_OF(tier)

const sluice_kernels KERNELS(TIER) = {
    .pack = pack,
    .pack_columns = pack_columns,
    .pack_panels = pack_panels,
    .product = product,
    .layer_input_products = layer_input_products,
    .layer_step = layer_step,
    .head_step = head_step,
    .head_logits = head_logits,
    .dot = dot,
    .finite = finite,
    .residual = residual,
    .highway = highway,
    .exp = exp_array,
    .log = log_array,
    .sigmoid = sigmoid_array,
    .tanh = tanh_array,
    .fma_loop = fma_loop,
};
