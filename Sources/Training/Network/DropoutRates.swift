/// The rates of dropout. Masks are scaled by 1 / (1 - rate), which preserves means (Srivastava et
/// al. 2014). They are functions of the seed, the training step and their purpose, so they need no
/// state.
package struct DropoutRates: Sendable, Equatable {
    /// On the input of the first layer, between layers, and on the input of the heads. One mask for
    /// all steps of a mini-batch (variational dropout, Gal and Ghahramani 2016).
    package var input = 0.0
    package var between = 0.0
    package var output = 0.0
    /// On single weights of every `weight_hh` (DropConnect, Merity et al. 2018).
    package var weight = 0.0
    /// On whole rows of the embedding (Gal and Ghahramani 2016).
    package var embedding = 0.0
}
