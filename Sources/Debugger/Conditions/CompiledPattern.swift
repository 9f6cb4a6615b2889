import CPCRE2

/// A compiled PCRE2 expression and the memory for a match, for use on one thread.
///
/// PCRE2 backtracks, so the time of a search may grow exponentially with the text. PCRE2 counts the
/// steps, and a search with more than `stepLimit` steps fails. Swift's `Regex` has no such limit.
@safe struct CompiledPattern: ~Copyable {
    /// Steps of one search: about 20 ms. Usual expressions need a few hundred.
    static let stepLimit: UInt32 = 1_000_000
    private static let heapKiB: UInt32 = 16 << 10
    /// Nested parentheses, which the compiler reads recursively.
    private static let deepest: UInt32 = 100

    private let pattern: String
    // Made by `init`, freed by `deinit`, and never handed out.
    private let code: OpaquePointer
    private let match: OpaquePointer
    private let limits: OpaquePointer

    /// - Throws: `PatternError` for a wrong expression.
    init(_ pattern: String, ignoresCase: Bool) throws(PatternError) {
        let code = try unsafe Self.compile(pattern, ignoresCase: ignoresCase)
        guard let match = unsafe pcre2_match_data_create_8(1, nil) else {
            unsafe pcre2_code_free_8(code)
            throw Self.failure(PCRE2_ERROR_NOMEMORY, pattern)
        }
        guard let limits = unsafe pcre2_match_context_create_8(nil) else {
            unsafe pcre2_match_data_free_8(match)
            unsafe pcre2_code_free_8(code)
            throw Self.failure(PCRE2_ERROR_NOMEMORY, pattern)
        }
        unsafe pcre2_set_match_limit_8(limits, Self.stepLimit)
        unsafe pcre2_set_heap_limit_8(limits, Self.heapKiB)
        self.pattern = pattern
        unsafe (self.code, self.match, self.limits) = (code, match, limits)
    }

    deinit {
        unsafe pcre2_match_context_free_8(limits)
        unsafe pcre2_match_data_free_8(match)
        unsafe pcre2_code_free_8(code)
    }

    /// The end of the first match at or after `start` that is not empty; nil if there is none.
    ///
    /// - Parameter text: UTF-8.
    func firstEnd(in text: [UInt8], from start: Int) throws(PatternError) -> Int? {
        let result = unsafe text.withUnsafeBufferPointer { text in
            unsafe pcre2_match_8(
                code, text.baseAddress, text.count, start,
                PCRE2_NOTEMPTY | PCRE2_NO_UTF_CHECK, match, limits)
        }
        switch result {
        case 0...: return Int(unsafe pcre2_get_ovector_pointer_8(match)[1])
        case PCRE2_ERROR_NOMATCH: return nil
        case PCRE2_ERROR_MATCHLIMIT, PCRE2_ERROR_DEPTHLIMIT, PCRE2_ERROR_HEAPLIMIT:
            throw .tooCostly(pattern: pattern)
        default: throw Self.failure(result, pattern)
        }
    }

    // MARK: Compiling

    private static func compile(
        _ pattern: String, ignoresCase: Bool
    ) throws(PatternError) -> OpaquePointer {
        guard let context = unsafe pcre2_compile_context_create_8(nil) else {
            throw Self.failure(PCRE2_ERROR_NOMEMORY, pattern)
        }
        defer { unsafe pcre2_compile_context_free_8(context) }
        unsafe pcre2_set_parens_nest_limit_8(context, deepest)
        let options =
            PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | (ignoresCase ? PCRE2_CASELESS : 0)
        var (error, offset): (Int32, Int) = (0, 0)
        let bytes = Array(pattern.utf8)
        let code = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe pcre2_compile_8(
                bytes.baseAddress, bytes.count, options, &error, &offset, context)
        }
        guard let code = unsafe code else {
            throw .invalid(pattern: pattern, offset: offset, reason: message(of: error))
        }
        return unsafe code
    }

    private static func failure(_ error: Int32, _ pattern: String) -> PatternError {
        .failed(pattern: pattern, reason: message(of: error))
    }

    private static func message(of error: Int32) -> String {
        var text = [UInt8](repeating: 0, count: 256)
        let count = unsafe pcre2_get_error_message_8(error, &text, text.count)
        return String(decoding: text.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
