// A step of a recurrent layer: for each group of units, the gate sums and then the cell.

// The panels of some gates: of the input, then of the hidden state. One fma chain runs through
// both.
typedef struct {
    const float *input;
    const float *hidden;
    ptrdiff_t input_stride;   // between panels
    ptrdiff_t hidden_stride;
    ptrdiff_t count;
    ptrdiff_t product;         // offset of these gates' input products in a row of `products`
    ptrdiff_t product_stride;  // between panels
    const float *next;         // the panels that are read next
} gate_panels;

static void input_sums(const sluice_layer *layer, const sluice_layer_step *step,
                       gate_panels gates) {
    if (!step->products.base) {
        panel_list panels = {gates.input, gates.input_stride, gates.count, gates.hidden};
        panel_products(step->packed_x, step->batch, layer->input_size, panels, false, step->gates,
                       SLUICE_MAX_GATE_COLUMNS);
        return;
    }
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const float *products = row(step->products, b) + gates.product;
        float *sums = step->gates + b * SLUICE_MAX_GATE_COLUMNS;
        for (ptrdiff_t p = 0; p < gates.count; p++) {
            copy(products + p * gates.product_stride, sums + p * SLUICE_LANES, SLUICE_LANES);
        }
    }
}

// Adds or sets the hidden state's products of gates first...first + count, at `column`.
static void hidden_sums(const sluice_layer *layer, const sluice_layer_step *step, gate_panels gates,
                        ptrdiff_t first, ptrdiff_t count, ptrdiff_t column, bool continues) {
    const float *panel = gates.hidden + first * gates.hidden_stride;
    const bool last = first + count == gates.count;
    const float *next = last ? gates.next : panel + count * gates.hidden_stride;
    panel_list panels = {panel, gates.hidden_stride, count, next};
    panel_products(step->packed_h, step->batch, layer->hidden_size, panels, continues,
                   step->gates + column * SLUICE_LANES, SLUICE_MAX_GATE_COLUMNS);
}

// The panels of `gates` gates of group number `group`, contiguous in memory from `weights`.
INLINE gate_panels group_panels(const sluice_layer *layer, const sluice_layer_step *step,
                                const float *weights, ptrdiff_t gates, ptrdiff_t group) {
    const ptrdiff_t input = layer->input_size * SLUICE_LANES;
    const ptrdiff_t hidden = layer->hidden_size * SLUICE_LANES;
    const float *start = weights + group * gates * (input + hidden);
    const float *after = start + gates * (input + hidden);
    return (gate_panels){
        .input = start, .hidden = start + gates * input, .input_stride = input,
        .hidden_stride = hidden, .count = gates, .product_stride = SLUICE_LANES,
        .next = step->products.base ? after + gates * input : after,
    };
}

enum { SINGLE_GATE_GROUPS = SLUICE_MAX_GATE_COLUMNS / SLUICE_LANES };

// The sums of gate number `gate` of `all` for several groups, adjacent in `gates`, so that few rows
// load many panels. Returns the number of groups.
INLINE ptrdiff_t single_gate_sums(const sluice_layer *layer, const sluice_layer_step *step,
                                  const float *weights, ptrdiff_t group, ptrdiff_t gate,
                                  ptrdiff_t all) {
    gate_panels panels = group_panels(layer, step, weights, 1, group);
    const ptrdiff_t stride = panels.input_stride + panels.hidden_stride;
    const ptrdiff_t left = layer->hidden_size / SLUICE_LANES - group;
    panels.input_stride = panels.hidden_stride = stride;
    panels.count = left < SINGLE_GATE_GROUPS ? left : SINGLE_GATE_GROUPS;
    panels.next += (panels.count - 1) * stride;
    panels.product = (group * all + gate) * SLUICE_LANES;
    panels.product_stride = all * SLUICE_LANES;
    input_sums(layer, step, panels);
    hidden_sums(layer, step, panels, 0, panels.count, 0, true);
    return panels.count;
}

INLINE cell_group group_cell(const sluice_layer *layer, const sluice_layer_step *step,
                             ptrdiff_t group, ptrdiff_t biases, ptrdiff_t bias) {
    ptrdiff_t at = (group * biases + bias) * SLUICE_LANES;
    return (cell_group){step, layer->hidden_size, group * SLUICE_LANES, layer->bias + at};
}

// The sums of the `gates` gates of a pass for one group, from both inputs for the first `joined` of
// them, else from x alone. All gates of a layer have `all` columns of `products`.
INLINE gate_panels group_sums(const sluice_layer *layer, const sluice_layer_step *step,
                              ptrdiff_t group, ptrdiff_t gates, ptrdiff_t joined, ptrdiff_t all) {
    gate_panels panels = group_panels(layer, step, layer->weights, gates, group);
    panels.product = group * all * SLUICE_LANES;
    input_sums(layer, step, panels);
    hidden_sums(layer, step, panels, 0, joined, 0, true);
    return panels;
}

static void lstm_layer(const sluice_layer *layer, const sluice_layer_step *step) {
    for (ptrdiff_t group = 0; group < layer->hidden_size / SLUICE_LANES; group++) {
        group_sums(layer, step, group, 4, 4, 4);
        lstm_cell(group_cell(layer, step, group, 4, 0));
    }
}

static void gru_reset_after_layer(const sluice_layer *layer, const sluice_layer_step *step) {
    for (ptrdiff_t group = 0; group < layer->hidden_size / SLUICE_LANES; group++) {
        gate_panels gates = group_sums(layer, step, group, 3, 2, 3);
        hidden_sums(layer, step, gates, 2, 1, 3, false);  // n_h, apart from n_x
        gru_reset_after_cell(group_cell(layer, step, group, 4, 0));
    }
}

static void gru_reset_gates(const sluice_layer *layer, const sluice_layer_step *step) {
    for (ptrdiff_t group = 0; group < layer->hidden_size / SLUICE_LANES; group++) {
        group_sums(layer, step, group, 2, 2, 3);
        gru_reset_cell(group_cell(layer, step, group, 3, 0));
    }
}

// The start of the panels of n.
INLINE const float *gru_new_weights(const sluice_layer *layer) {
    return layer->weights + 2 * layer->hidden_size * (layer->input_size + layer->hidden_size);
}

static void gru_reset_before_layer(const sluice_layer *layer, const sluice_layer_step *step) {
    gru_reset_gates(layer, step);
    pack((sluice_rows){step->scratch, 2 * layer->hidden_size, 0}, step->batch, layer->hidden_size,
         step->packed_h);
    const ptrdiff_t groups = layer->hidden_size / SLUICE_LANES;
    for (ptrdiff_t group = 0; group < groups; group += SINGLE_GATE_GROUPS) {
        const ptrdiff_t count =
            single_gate_sums(layer, step, gru_new_weights(layer), group, 2, 3);
        for (int i = 0; i < count; i++) {
            gru_reset_before_cell(group_cell(layer, step, group + i, 3, 2), i);
        }
    }
}

static void rnn_layer(const sluice_layer *layer, const sluice_layer_step *step) {
    const ptrdiff_t groups = layer->hidden_size / SLUICE_LANES;
    for (ptrdiff_t group = 0; group < groups; group += SINGLE_GATE_GROUPS) {
        const ptrdiff_t count = single_gate_sums(layer, step, layer->weights, group, 0, 1);
        for (int i = 0; i < count; i++) {
            rnn_cell(group_cell(layer, step, group + i, 1, 0), i, layer->cell == SLUICE_RNN_RELU);
        }
    }
}

static void layer_step(const sluice_layer *layer, const sluice_layer_step *step) {
    const ptrdiff_t H = layer->hidden_size;
    if (!step->products.base) pack(step->x, step->batch, layer->input_size, step->packed_x);
    pack(step->h, step->batch, H, step->packed_h);
    switch (layer->cell) {
        case SLUICE_LSTM: lstm_layer(layer, step); break;
        case SLUICE_GRU_RESET_AFTER: gru_reset_after_layer(layer, step); break;
        case SLUICE_GRU_RESET_BEFORE: gru_reset_before_layer(layer, step); break;
        case SLUICE_RNN_TANH:
        case SLUICE_RNN_RELU: rnn_layer(layer, step); break;
    }
    for (ptrdiff_t b = 0; b < step->batch; b++) copy(step->new_h + b * H, row(step->h, b), H);
}

// The input products of all gates, which `layer_step` can use instead of x.
static void layer_input_products(const sluice_layer *layer, sluice_rows x, ptrdiff_t batch,
                                 float *packed_x, float *y, ptrdiff_t y_stride) {
    const bool apart = layer->cell == SLUICE_GRU_RESET_BEFORE;
    const ptrdiff_t gates = layer->cell == SLUICE_LSTM ? 4
                            : layer->cell == SLUICE_GRU_RESET_AFTER ? 3 : apart ? 2 : 1;
    const ptrdiff_t K = layer->input_size, all = gates + apart;
    const sluice_layer_step step = {.batch = batch};
    pack(x, batch, K, packed_x);
    for (ptrdiff_t group = 0; group < layer->hidden_size / SLUICE_LANES; group++) {
        float *sums = y + group * all * SLUICE_LANES;
        gate_panels panels = group_panels(layer, &step, layer->weights, gates, group);
        product(packed_x, batch, K, panels.input, gates, false, sums, y_stride);
        if (!apart) continue;
        panels = group_panels(layer, &step, gru_new_weights(layer), 1, group);
        product(packed_x, batch, K, panels.input, 1, false, sums + gates * SLUICE_LANES, y_stride);
    }
}
