import Testing

@testable import Bench

@Suite struct EventScanTests {
    @Test(arguments: [
        (#"{"v":1,"stream":"a","epoch":0,"token":3,"offset":[17,1234],"model":"x"}"#, 1234),
        (#"{"offset":[0,18446744073709551615]}"#, UInt64.max),
    ])
    func findsTheEndOfTheToken(body: String, end: UInt64) {
        #expect(EventScan.tokenEnd(Array(body.utf8).span) == end)
    }

    @Test(arguments: ["", "{}", #"{"offset":[]}"#, #"{"offset":[1"#, #"{"offset":[1,"#, "\"offset"])
    func findsNoneInAnythingElse(body: String) {
        #expect(EventScan.tokenEnd(Array(body.utf8).span) == nil)
    }

    @Test func readsStreamNumbersAndSequences() {
        #expect(EventScan.streamNumber(Array("next/bench-12-345".utf8).span) == 345)
        #expect(EventScan.streamNumber(Array("next/bench-probe".utf8).span) == nil)
        #expect(
            EventScan.sequence([0x34, 0x12, 0, 0, 0, 0, 0, 0x80].span) == 0x8000_0000_0000_1234)
    }
}
