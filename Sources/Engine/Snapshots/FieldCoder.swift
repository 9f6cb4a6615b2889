/// Goes through the fields of a value in the order of their bytes. A writer leaves them as they are
/// and a reader sets them, so that one list of fields serves both.
protocol FieldCoder {
    /// Why it cannot continue: a writer always can.
    associatedtype Failure: Error

    mutating func code(_ number: inout some FixedWidthInteger) throws(Failure)
    /// Something that was counted.
    mutating func code(count: inout UInt64) throws(Failure)
    mutating func code(_ flag: inout Bool) throws(Failure)
    mutating func code(_ number: inout Float) throws(Failure)
    /// With their number before them.
    mutating func code(_ bytes: inout [UInt8]) throws(Failure)
    mutating func code(_ numbers: inout [Int32]) throws(Failure)
    mutating func code(_ numbers: inout [Float]) throws(Failure)
    /// A reader fails with what it found where the fields hold nothing that is written.
    func check(_ isValid: Bool, _ found: @autoclosure () -> String) throws(Failure)
}

extension FieldCoder {
    /// A byte that says whether there is a value, which comes next; a reader begins with `empty`.
    mutating func codePresence<Value>(of value: inout Value?, empty: Value) throws(Failure) {
        var isPresent = value != nil
        try code(&isPresent)
        value = isPresent ? value ?? empty : nil
    }
}
