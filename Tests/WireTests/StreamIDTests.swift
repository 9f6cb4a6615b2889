import Testing
import Wire

@Suite struct StreamIDTests {
    @Test(arguments: ["a", "sensor/7", "naïve ☂", String(repeating: "x", count: 200)])
    func acceptsNames(_ name: String) throws {
        #expect(try StreamID(name).text == name)
    }

    @Test(arguments: [
        [], Array(repeating: UInt8(ascii: "x"), count: 201), Array("a\nb".utf8), [0x61, 0],
        Array("a\u{7F}".utf8), Array("\u{85}".utf8), [0xC3], [0xFF], [0xED, 0xA0, 0x80],
    ])
    func refusesWhatIsNoName(_ bytes: [UInt8]) {
        let refusal = #expect(throws: Refusal.self) { try StreamID(utf8: bytes) }
        #expect(refusal?.code == .streamID)
        #expect(refusal?.message.contains("1 to 200 bytes") == true)
    }

    @Test func namesAreComparedByBytes() throws {
        let composed = try StreamID("\u{E9}")
        let decomposed = try StreamID("e\u{301}")
        #expect(composed.text == decomposed.text)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    /// FNV-1a's published value for "foobar", folded: a stream must stay in its shard.
    @Test func stableHashIsFNV1a() throws {
        let hash: UInt64 = 0x8594_4171_f739_67e8
        #expect(try StreamID("foobar").stableHash == hash ^ (hash >> 32))
    }
}
