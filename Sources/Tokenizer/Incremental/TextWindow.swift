/// Source bytes as scalars. U+FFFD replaces each maximal invalid subpart, as in Python's
/// `decode("utf-8", errors="replace")`.
struct TextWindow {
    /// One scalar of the text.
    struct Unit {
        let scalar: UInt32
        let kind: CharacterClass
        /// Whether it replaces source bytes that are not UTF-8.
        let isReplacement: Bool
        /// The state of the pre-tokenizer before it.
        var stateBefore = PreTokenizerState.start
        /// Its end in `text` and in the source.
        let textEnd: Int32
        let sourceEnd: Int32
    }

    /// The text in UTF-8, without `tail`.
    private(set) var text: [UInt8] = []
    private(set) var units: [Unit] = []

    /// The incomplete scalar at the end of the source.
    private(set) var tail = UTF8Prefix()
    private var source: [UInt8] = []

    /// The number of bytes read, including repeated reads.
    private(set) var readCount = 0

    mutating func removeAll() {
        text.removeAll(keepingCapacity: true)
        units.removeAll(keepingCapacity: true)
        tail = UTF8Prefix()
        source.removeAll(keepingCapacity: true)
    }

    /// Reads one more byte of the source.
    mutating func append(_ byte: UInt8) {
        readCount += 1
        if byte < 0x80, tail.isEmpty {
            source.append(byte)
            text.append(byte)
            return appendUnit(UInt32(byte), isReplacement: false)
        }
        let step = tail.appending(byte)
        if case .invalid = step, !tail.isEmpty {
            endText()
            return append(byte)
        }
        source.append(byte)
        switch step {
        case .scalar(let scalar):
            appendScalar(scalar, byteCount: tail.count + 1)
            tail = UTF8Prefix()
        case .prefix(let longer): tail = longer
        case .invalid: appendReplacement()
        }
    }

    /// Replaces an incomplete scalar by U+FFFD.
    mutating func endText() {
        guard !tail.isEmpty else { return }
        tail = UTF8Prefix()
        appendReplacement()
    }

    /// The source from a unit on, without `tail`.
    func source(from unit: Int) -> ArraySlice<UInt8> {
        source[sourceStart(of: unit)..<source.count - tail.count]
    }

    func textStart(of unit: Int) -> Int {
        unit <= 0 ? 0 : Int(units[unit - 1].textEnd)
    }

    func sourceStart(of unit: Int) -> Int {
        unit <= 0 ? 0 : Int(units[unit - 1].sourceEnd)
    }

    mutating func setState(_ state: PreTokenizerState, before unit: Int) {
        units[unit].stateBefore = state
    }

    /// Appends bytes on trial; `removeTrial` removes them.
    mutating func appendTrial(_ bytes: some Collection<UInt8>) {
        text.append(contentsOf: bytes)
    }

    mutating func removeTrial() {
        text.removeLast(text.count - textStart(of: units.count))
    }

    /// Appends the scalar of the last `byteCount` bytes of the source.
    private mutating func appendScalar(_ scalar: UInt32, byteCount: Int) {
        text.append(contentsOf: source[(source.count - byteCount)...])
        appendUnit(scalar, isReplacement: false)
    }

    private mutating func appendReplacement() {
        text.append(contentsOf: UTF8Prefix.replacementBytes)
        appendUnit(UTF8Prefix.replacement, isReplacement: true)
    }

    private mutating func appendUnit(_ scalar: UInt32, isReplacement: Bool) {
        units.append(
            Unit(
                scalar: scalar, kind: CharacterClass(of: scalar), isReplacement: isReplacement,
                textEnd: Int32(text.count), sourceEnd: Int32(source.count)))
    }
}
