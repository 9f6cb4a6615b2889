/// A stream after one of its tokens.
package struct TracedToken: Equatable {
    /// Tokens of the incarnation so far.
    package let token: UInt64
    let epoch: UInt64
    let offset: UInt64
    /// Of the state, and of the events so far of the request.
    let digests: [[UInt8]]

    package init(token: UInt64, epoch: UInt64 = 0, offset: UInt64 = 0, digests: [[UInt8]]) {
        self.token = token
        self.epoch = epoch
        self.offset = offset
        self.digests = digests
    }
}
