import FuzzTargets
import Glibc

/// What libFuzzer calls: checks inputs of the target that the variable `SLUICE_FUZZ_TARGET` names.
///
/// With `SLUICE_FUZZ_SEEDS`, a folder, it writes the target's first inputs into it and exits.
enum Fuzzer {
    /// libFuzzer calls from one thread only.
    nonisolated(unsafe) private static let check: FuzzTarget.Check = {
        do {
            let target = try target()
            if let folder = environment("SLUICE_FUZZ_SEEDS") {
                try write(try target.seeds(), to: folder)
                leave(0)
            }
            return try target.makeCheck()
        } catch {
            fatalError("\(error)")
        }
    }()

    static func run(_ bytes: [UInt8]) {
        do {
            try unsafe check(bytes)
        } catch {
            fatalError("\(error)")
        }
    }

    private static func target() throws -> FuzzTarget {
        let name = environment("SLUICE_FUZZ_TARGET") ?? ""
        if let target = FuzzTarget.named(name) { return target }
        for target in FuzzTarget.all { print(target.name) }
        leave(name.isEmpty ? 0 : 2)
    }

    /// libFuzzer takes an `exit` for a failure.
    private static func leave(_ status: CInt) -> Never {
        fflush(nil)
        _exit(status)
    }

    private static func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private static func write(_ inputs: [[UInt8]], to folder: String) throws {
        for (index, input) in inputs.enumerated() {
            guard let file = unsafe fopen("\(folder)/seed-\(index)", "wb") else {
                fatalError("cannot write to \(folder)")
            }
            unsafe fwrite(input, 1, input.count, file)
            unsafe fclose(file)
        }
    }
}

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Fuzzer.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
