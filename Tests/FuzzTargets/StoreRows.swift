import Foundation
import GRDB

@testable import Journal

/// The tables of a store, and values for their columns.
enum StoreRows {
    static let tables = [
        StoreState.table, ModelRow.table, LabelRow.table, RunRow.table, StreamRow.table,
        RequestRow.table, OutcomeRow.table, CheckpointRow.table, ProducerRow.table, FileRow.table,
    ]
}

extension FuzzInput {
    /// A value of any type: a type u8, then a number or a piece.
    mutating func value() -> DatabaseValue {
        switch number(below: 8) {
        case 0: .null
        case 1: Int64(bitPattern: uint64()).databaseValue
        case 2: Int64(Int8(bitPattern: byte())).databaseValue
        case 3:
            (Int64(1) << Int64(number(below: 64)) &+ Int64(Int8(bitPattern: byte()))).databaseValue
        case 4: Double(bitPattern: uint64()).databaseValue
        case 5: (Double(Int8(bitPattern: byte())) * 1e9).databaseValue
        case 6: String(decoding: piece(), as: UTF8.self).databaseValue
        default: Data(piece()).databaseValue
        }
    }
}
