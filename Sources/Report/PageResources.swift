private import CReportPage

/// The page's style, markup and script, embedded in the executable.
enum PageResources {
    static var style: [UInt8] { unsafe bytes(of: page_style) }
    static var body: [UInt8] { unsafe bytes(of: page_body) }
    static var script: [UInt8] { unsafe bytes(of: page_script) }

    /// A part points to constant data of `count` bytes, which lives as long as the process.
    private static func bytes(of part: page_part) -> [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: part.bytes, count: part.count))
    }
}
