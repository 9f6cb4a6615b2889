internal import CUTF8Proc

extension StringProtocol {
    /// Columns that terminals give it.
    package var columns: Int { reduce(0) { $0 + $1.columns } }

    /// Its beginning that takes no more columns than that.
    package func prefix(columns: Int) -> SubSequence {
        var left = columns
        return prefix { character in
            left -= character.columns
            return left >= 0
        }
    }
}

extension Character {
    /// Columns that terminals give it: 2 for East Asian wide characters, emoji and flags, 0 for a mark
    /// without a letter, at most 8 for a tab.
    package var columns: Int {
        guard self != "\t" else { return 8 }
        // A cluster of several characters, such as a family, is drawn as one.
        return min(2, unicodeScalars.reduce(0) { $0 + $1.columns })
    }
}

extension Unicode.Scalar {
    fileprivate var columns: Int { Int(utf8proc_charwidth(utf8proc_int32_t(bitPattern: value))) }
}
