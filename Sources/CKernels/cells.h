// The cells: from the gate sums of 16 units to their new state, for every row of a batch.
//
// `gates` [batch, SLUICE_MAX_GATE_COLUMNS] has the sums of the group that begins at `unit`, gate by
// gate, 16 columns each. The new h is written to `new_h`, since the other groups still need the old
// one. The equations are those of torch.nn.LSTM, GRU and RNN.

typedef struct {
    const sluice_layer_step *step;
    ptrdiff_t hidden_size;
    ptrdiff_t unit;
    const float *bias;
} cell_group;

INLINE vec biased(const float *gates, const float *bias, int gate) {
    ptrdiff_t at = gate * SLUICE_LANES;
    return load(gates + at) + load(bias + at);
}

// i = sigmoid(W_ii x + b_ii + W_hi h + b_hi), f and o alike, g = tanh(the same);
// c' = f c + i g;  h' = o tanh(c')
INLINE void lstm_cell(cell_group group) {
    const sluice_layer_step *step = group.step;
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const float *gates = step->gates + b * SLUICE_MAX_GATE_COLUMNS;
        float *c = row(step->c, b) + group.unit;
        float *h = step->new_h + b * group.hidden_size + group.unit;
        vec i = sigmoid_(biased(gates, group.bias, 0));
        vec f = sigmoid_(biased(gates, group.bias, 1));
        vec g = tanh_(biased(gates, group.bias, 2));
        vec o = sigmoid_(biased(gates, group.bias, 3));
        vec new_c = fma_(f, load(c), i * g);
        store(c, new_c);
        store(h, o * tanh_(new_c));
    }
}

// h' = (1 - z) n + z h
INLINE vec gru_output(vec z, vec n, vec h) { return fma_(z, h - n, n); }

// r = sigmoid(W_ir x + b_ir + W_hr h + b_hr), z alike;
// n = tanh(W_in x + b_in + r (W_hn h + b_hn))
INLINE void gru_reset_after_cell(cell_group group) {
    const sluice_layer_step *step = group.step;
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const float *gates = step->gates + b * SLUICE_MAX_GATE_COLUMNS;
        const float *h = row(step->h, b) + group.unit;
        float *new_h = step->new_h + b * group.hidden_size + group.unit;
        vec r = sigmoid_(biased(gates, group.bias, 0));
        vec z = sigmoid_(biased(gates, group.bias, 1));
        vec n_x = biased(gates, group.bias, 2), n_h = biased(gates, group.bias, 3);
        vec n = tanh_(fma_(r, n_h, n_x));
        store(new_h, gru_output(z, n, load(h)));
    }
}

// Cho et al. 2014, first half: r and z. Stores r h and z in `scratch` [batch, r h [H] and z [H]].
INLINE void gru_reset_cell(cell_group group) {
    const sluice_layer_step *step = group.step;
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const float *gates = step->gates + b * SLUICE_MAX_GATE_COLUMNS;
        const float *h = row(step->h, b) + group.unit;
        float *reset_h = step->scratch + b * 2 * group.hidden_size + group.unit;
        float *update = reset_h + group.hidden_size;
        vec r = sigmoid_(biased(gates, group.bias, 0));
        store(reset_h, r * load(h));
        store(update, sigmoid_(biased(gates, group.bias, 1)));
    }
}

// Second half: n = tanh(W_in x + b_in + W_hn (r h) + b_hn), its sums in column `column` of gates.
INLINE void gru_reset_before_cell(cell_group group, int column) {
    const sluice_layer_step *step = group.step;
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const float *gates = step->gates + b * SLUICE_MAX_GATE_COLUMNS + column * SLUICE_LANES;
        const float *h = row(step->h, b) + group.unit;
        const float *update = step->scratch + (2 * b + 1) * group.hidden_size + group.unit;
        float *new_h = step->new_h + b * group.hidden_size + group.unit;
        vec n = tanh_(biased(gates, group.bias, 0));
        vec z = load(update);
        store(new_h, gru_output(z, n, load(h)));
    }
}

// h' = tanh(W_ih x + b_ih + W_hh h + b_hh), or max(0, the same); sums in column `column` of gates.
INLINE void rnn_cell(cell_group group, int column, bool relu) {
    const sluice_layer_step *step = group.step;
    for (ptrdiff_t b = 0; b < step->batch; b++) {
        const float *gates = step->gates + b * SLUICE_MAX_GATE_COLUMNS + column * SLUICE_LANES;
        float *new_h = step->new_h + b * group.hidden_size + group.unit;
        vec sum = biased(gates, group.bias, 0);
        store(new_h, relu ? max_(splat(0.0f), sum) : tanh_(sum));
    }
}
