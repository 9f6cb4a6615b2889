/// Masks of dropout, scaled by 1 / (1 - rate) so that means stay (Srivastava et al. 2014): functions of
/// the seed, the step of training and what is dropped, so that no state has to be kept for them.
package struct DropoutRates: Sendable, Equatable {
    /// Of the embedding's vectors as the first layer reads them; of each layer's output as the next
    /// one reads it; of the last layer's output as the heads read it. One mask for all steps of a
    /// window (variational dropout, Gal and Ghahramani 2016).
    package var input = 0.0
    package var between = 0.0
    package var output = 0.0
    /// Of single weights of every `weight_hh` (DropConnect: Merity et al. 2018).
    package var weight = 0.0
    /// Of whole words' vectors (Gal and Ghahramani 2016).
    package var embedding = 0.0

    package init() {}
}
