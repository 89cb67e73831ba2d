import CLibPQ

/// The bytes of a result, copied out of libpq: one buffer and a table of where each value lies.
final class ResultStorage: Sendable {
    struct Column: Sendable {
        let name: String
        let type: PostgresTypeOID
    }

    struct Cell: Sendable {
        let offset: Int
        /// -1 is NULL.
        let length: Int32
    }

    let columns: [Column]
    let rowCount: Int
    let affectedRows: Int
    let cells: [Cell]
    let bytes: [UInt8]

    init(columns: [Column], rowCount: Int, affectedRows: Int, cells: [Cell], bytes: [UInt8]) {
        self.columns = columns
        self.rowCount = rowCount
        self.affectedRows = affectedRows
        self.cells = cells
        self.bytes = bytes
    }

    /// Copies a successful result, which stays the caller's to clear.
    init(copying result: OpaquePointer) {
        let rowCount = PQntuples(result)
        let columnCount = PQnfields(result)
        columns = (0..<columnCount).map { column in
            Column(
                name: PQfname(result, column).map { String(cString: $0) } ?? "",
                type: PostgresTypeOID(rawValue: PQftype(result, column)))
        }
        self.rowCount = Int(rowCount)
        affectedRows = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? 0

        var cells: [Cell] = []
        cells.reserveCapacity(Int(rowCount) * Int(columnCount))
        var size = 0
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let isNull = PQgetisnull(result, row, column) == 1
                let length = isNull ? -1 : PQgetlength(result, row, column)
                cells.append(Cell(offset: size, length: length))
                size += Int(max(length, 0))
            }
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(size)
        var index = 0
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let length = Int(cells[index].length)
                index += 1
                if length > 0, let value = PQgetvalue(result, row, column) {
                    bytes.append(contentsOf: UnsafeRawBufferPointer(start: value, count: length))
                }
            }
        }
        self.cells = cells
        self.bytes = bytes
    }
}
