import Kernels
import Testing

struct KernelTierTests {
    @Test func portableIsAlwaysThereAndFirst() {
        #expect(KernelTier.available.first == .portable)
        #expect(KernelTier.available.contains(.best))
    }

    @Test func noNameSelectsTheBest() throws {
        #expect(try KernelTier.selected(by: nil) == .best)
        #expect(try KernelTier.selected(by: "portable") == .portable)
    }

    @Test func anUnknownNameListsWhatThereIs() throws {
        let error = #expect(throws: KernelError.self) { try KernelTier.selected(by: "avx3") }
        let text = try #require(error).description
        #expect(text.contains("'avx3'"))
        for tier in KernelTier.available { #expect(text.contains(tier.rawValue)) }
    }

    @Test func aTierOfAnotherProcessorIsRefused() throws {
        let missing = Set(KernelTier.allCases).subtracting(KernelTier.available)
        #expect(!missing.isEmpty)  // no processor has both AVX and NEON
        for tier in missing {
            #expect(throws: KernelError.unavailableTier(tier, available: KernelTier.available)) {
                try KernelTier.selected(by: tier.rawValue)
            }
            #expect(throws: KernelError.self) { try Kernels(tier: tier) }
        }
    }

    @Test func theFMALoopDoesWhatItSays() throws {
        for kernels in try allKernels() {
            let flops = kernels.spinFMA(iterations: 1000)
            #expect(flops > 0 && flops == 2 * kernels.spinFMA(iterations: 500))
        }
    }
}
